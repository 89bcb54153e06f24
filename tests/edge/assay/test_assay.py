"""The child process: what comes of good, bad and broken children."""

from __future__ import annotations

import asyncio
import os
import time
from pathlib import Path

import pytest

from cupel.analysis import ANALYSER, analyse
from cupel.api.tool_revision import AnalysisEvidence
from cupel.assay import Limits, assay, assay_now
from cupel.assay.parent import CHILD

HONEST = b"def run(text: str) -> dict:\n    return {'n': len(text)}\n"
HOSTILE = b"import subprocess\ndef run(text: str) -> dict:\n    return {'n': eval(text)}\n"
NASTY = [
    HONEST,
    HOSTILE,
    b"",
    b"\xff\xfe",
    b"(" * 65_536,
    b"x" * 200_000,
    b"lambda:" * 9_000,
    b"-" * 65_000,
    b"[" * 90 + b"]" * 90,
    "def run(\N{CYRILLIC SMALL LETTER A}: str, a: str) -> dict:\n    return {}\n".encode(),  # shown by its code point
]
GIANT = 2**20


async def with_child(tmp_path: Path, program: str, **limits: object) -> AnalysisEvidence:
    child = tmp_path / "child.py"
    child.write_text(program)
    return await assay(HONEST, egress=(), state="None", limits=Limits(child=child, **limits))  # type: ignore[arg-type]


@pytest.mark.parametrize("code", NASTY, ids=range(len(NASTY)))
async def test_the_child_says_what_the_analyser_says(code: bytes) -> None:
    found = await assay(code, egress=(), state="None", parameters={"text"})
    assert found == analyse(code, egress=(), state="None", parameters=frozenset({"text"}))


def test_without_an_event_loop() -> None:
    assert assay_now(HONEST, egress=(), state="None").verdict == "Accepted"
    assert assay_now(HOSTILE, egress=(), state="None").verdict == "Refused"


EVIDENCE = (
    f'{{"analyser": "{ANALYSER}", "verdict": "%s", "findings": [%s], "moreFindings": 0, "capabilities": []}}'
)
FINDING = '{"rule": "x", "line": 1, "message": "m", "suggestion": ""}'
BROKEN = [
    ("dies", "import os; os._exit(3)", "status 3"),
    ("is killed", "import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "status -9"),
    ("says nothing", "", "no evidence"),
    ("says nonsense", "print('hello')", "no evidence"),
    ("says more than it should", f"print('x' * {GIANT})", "more than 262144"),
    ("floods without end", "while True: print('x' * 1000)", "more than 262144"),
    ("accepts with findings", f"print('''{EVIDENCE % ('Accepted', FINDING)}''')", "contradicts"),
    ("refuses without findings", f"print('''{EVIDENCE % ('Refused', '')}''')", "contradicts"),
    ("is of another version", f"print('''{EVIDENCE % ('Accepted', '')}'''.replace('{ANALYSER}', 'old'))", "contradicts"),
    ("accepts, then dies", f"print('''{EVIDENCE % ('Accepted', '')}'''); import os; os._exit(1)", "status 1"),
    ("closes its ears", "import os; os.close(0); os._exit(2)", "status 2"),
]  # fmt: skip


@pytest.mark.parametrize(("program", "message"), [r[1:] for r in BROKEN], ids=[r[0] for r in BROKEN])
async def test_a_broken_child_is_a_refusal(tmp_path: Path, program: str, message: str) -> None:
    evidence = await with_child(tmp_path, program)
    assert evidence.verdict == "Refused"
    assert [f.rule for f in evidence.findings] == ["analyser-crashed"]
    assert message in evidence.findings[0].message


async def test_a_child_that_cannot_start_is_a_refusal(tmp_path: Path) -> None:
    evidence = await assay(HONEST, egress=(), state="None", limits=Limits(child=tmp_path / "absent.py"))
    assert [f.rule for f in evidence.findings] == ["analyser-crashed"]


async def test_a_child_that_hangs_is_killed_with_its_children(tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    program = (
        f"import os, time; os.fork(); open({str(pids)!r}, 'a').write(f'{{os.getpid()}}\\n'); time.sleep(60)"
    )
    evidence = await with_child(tmp_path, program, wall_seconds=1.5)
    assert [f.rule for f in evidence.findings] == ["analyser-timeout"]
    left = [int(line) for line in pids.read_text().split()]
    assert len(left) == 2
    deadline = time.monotonic() + 5
    while any(map(alive, left)) and time.monotonic() < deadline:
        await asyncio.sleep(0.02)
    assert not any(map(alive, left))


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


LIMITED = [
    ("memory", "bytearray(2**30)"),
    ("files", "open('/etc/hostname')"),
    ("writing", "import os; os.write(os.open('/dev/null', 1), b'')"),
    ("processor time", "while True: pass"),
]


@pytest.mark.parametrize("deed", [r[1] for r in LIMITED], ids=[r[0] for r in LIMITED])
async def test_what_the_child_may_not_do(tmp_path: Path, deed: str) -> None:
    """The real child's own `main`, with the deed in place of the analysis."""
    source = CHILD.read_text()
    assert source.count("    request = json.loads(") == 1
    program = source.replace("    request = json.loads(", f"    {deed}\n    request = json.loads(", 1)
    evidence = await with_child(tmp_path, program, cpu_seconds=1)
    assert [f.rule for f in evidence.findings] == ["analyser-crashed"]
    assert "ended with status" in evidence.findings[0].message


async def test_the_child_inherits_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUPEL_SECRET", "x")
    reading, writing = os.pipe()
    os.set_inheritable(writing, True)
    seen = tmp_path / "seen"
    program = f"import os, sys; open({str(seen)!r}, 'w').write(repr((sorted(os.environ), os.getcwd(), sys.flags.isolated, sorted(os.listdir('/proc/self/fd'), key=int)[:-1])))"
    try:
        await with_child(tmp_path, program)
    finally:
        os.close(reading)
        os.close(writing)
    environment, directory, isolated, files = eval(seen.read_text())
    assert set(environment) <= {"LC_CTYPE"}  # Python's own
    assert (directory, isolated) == ("/", 1)
    assert set(files) <= {"0", "1", "2", "3"}  # 3 is the file being written


async def test_many_at_once() -> None:
    found = await asyncio.gather(*(assay(code, egress=(), state="None") for code in [HONEST, HOSTILE] * 4))
    assert [e.verdict for e in found] == ["Accepted", "Refused"] * 4
