"""The tree stands alone: it names no path of the machine it was written on, and no package registry."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from tests.architecture.sources import ROOT, shown

FORBIDDEN = {
    "a neighbour's folder": r"\.\./shared",
    "a path of the machine it was written on": r"/(?:work)/(main|shared|\.)|/(?:farm)/|/(?:tmp)/kick",
    "a package registry": r"(pypi\.org|pythonhosted\.org|proxy\.golang\.org|registry\.npmjs\.org|deb\.debian\.org|crates\.io)",
    "work left undone": r"\b(TODO|FIXME|XXX)\b(?!-)",
}
OF_OTHERS = (".sum", ".lock", "LICENSE")


def tracked() -> list[Path]:
    """The files git knows of, or would add: not what is built here."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    names = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout.split("\0")
    paths = (ROOT / name for name in names if name and not name.endswith(OF_OTHERS))
    return [path for path in paths if path.is_file() and path != Path(__file__)]


def lines_with(pattern: str) -> set[str]:
    found = set()
    for path in tracked():
        for number, line in enumerate(
            path.read_text(encoding="utf-8", errors="replace").splitlines(), start=1
        ):
            if re.search(pattern, line):
                found.add(f"{shown(path)}:{number}: {line.strip()[:100]}")
    return found


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_file_names(what: str) -> None:
    assert lines_with(FORBIDDEN[what]) == set()


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_a_lock_pins_by_hash_and_names_no_address(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")

    assert "--hash=sha256:" in text
    assert re.findall(r"://|^-|(?<= )@ ", text, flags=re.MULTILINE) == []
