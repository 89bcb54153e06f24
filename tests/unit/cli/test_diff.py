"""What `diff` compares, and how it shows it."""

from __future__ import annotations

import io
import json
import re
from typing import Any

import pytest
from rich.console import Console

from cupel.api.bundle import Bundle
from cupel.cli.comparison import show
from cupel.cli.diff import document, pair
from cupel.cli.output import Failure
from cupel.cli.seen import Seen, assembled
from cupel.decide.comparison import PARTS, REST, differences

from .scenes import CODE, ago, digest_of, ledger, review, revision, tool

Body = dict[str, Any]
OLDEST, OLD, NEW = tool(CODE + "# 1\n"), tool(CODE + "# 2\n"), tool(CODE)


def scene(
    *bodies: Body, serving: Body | None = None, approved: Body | None = None, asked: Body = NEW
) -> Seen:
    """A tool that asks for NEW, with these revisions, the first the oldest."""
    revisions = [revision(body, created=ago(hours=9 - place)) for place, body in enumerate(bodies)]
    status: Body = {}
    if serving is not None:
        name = revision(serving)["metadata"]["name"]
        status["serving"] = {
            "revision": name,
            "digest": digest_of(serving),
            "since": ago(hours=1),
            "readyReplicas": 1,
        }
    body = asked | {"status": asked["status"] | status}
    return assembled(body, revisions, ledger({digest_of(approved): review()} if approved else {}))


def name_of(body: Body) -> str:
    return str(revision(body)["metadata"]["name"])


# fmt: off
PAIRS = [
    ("what serves and what waits",             scene(OLDEST, OLD, NEW, serving=OLDEST, approved=OLD), (), (OLDEST, NEW)),
    ("what was approved, where nothing serves", scene(OLDEST, OLD, NEW, approved=OLD), (), (OLD, NEW)),
    ("what serves is what is asked for",       scene(OLD, NEW, serving=NEW), (), (NEW, NEW)),
    ("one name: it and what waits",            scene(OLDEST, OLD, NEW, serving=OLD), (name_of(OLDEST),), (OLDEST, NEW)),
    ("a digest's first digits will do",        scene(OLDEST, OLD, NEW), (digest_of(OLD)[7:15],), (OLD, NEW)),
    ("two names: these, in this order",        scene(OLDEST, OLD, NEW), (name_of(OLD), name_of(OLDEST)), (OLD, OLDEST)),
]
REFUSED = [
    ("nothing serves and nothing was approved", scene(NEW), (), "nothing of word-count serves"),
    ("what is asked for has no revision",       scene(OLD, serving=OLD), (), "there is no revision of what word-count asks for"),
    ("a name of nothing",                       scene(OLD, NEW), ("word-count-0000000000",), "does not name one revision"),
    ("too few digits",                          scene(OLD, NEW), (digest_of(OLD)[7:12],), "at least 8 digits"),
]
# fmt: on


@pytest.mark.parametrize(("seen", "named", "wanted"), [r[1:] for r in PAIRS], ids=[r[0] for r in PAIRS])
def test_it_compares(seen: Seen, named: tuple[str, ...], wanted: tuple[Body, Body]) -> None:
    found = pair(seen, *(*named, "", "")[:2])
    assert [rev.spec.digest for rev in found] == [digest_of(body) for body in wanted]


@pytest.mark.parametrize(("seen", "named", "says"), [r[1:] for r in REFUSED], ids=[r[0] for r in REFUSED])
def test_it_says_why_it_cannot(seen: Seen, named: tuple[str, ...], says: str) -> None:
    with pytest.raises(Failure, match=says):
        pair(seen, *(*named, "", "")[:2])


# fmt: off
CHANGED = [
    ("code",        {"source": {"type": "Inline", "inline": {"code": "def run():\n    return {}\n"}}}, "+def run():"),
    ("description", {"description": "Other words."}, "+Other words."),
    ("permissions", {"permissions": {"egress": ["evil.test:443"]}}, '+    "evil.test:443"'),
    ("interface",   {"interface": {"inputSchema": {"type": "object", "required": ["x"]}, "outputSchema": {"type": "object"}}}, '+      "x"'),
    ("examples",    {"examples": [{"name": "two", "arguments": {"text": "a b"}, "result": {"words": 3}}]}, '+      "words": 3'),
    ("tests",       {"tests": [{"name": "t", "arguments": {}, "result": {"words": 0}}]}, '+    "name": "t",'),
]
# fmt: on


@pytest.mark.parametrize(("part", "spec", "line"), CHANGED, ids=[row[0] for row in CHANGED])
def test_every_part_is_compared_alone(part: str, spec: Body, line: str) -> None:
    found = {
        each.part: each.lines for each in _between(tool(), tool(**spec) if part != "code" else _code(spec))
    }
    assert line in found.pop(part)
    assert not any(found.values())


def _code(spec: Body) -> Body:
    return tool(spec["source"]["inline"]["code"])


def _between(old: Body, new: Body) -> tuple[Any, ...]:
    before, after = (assembled(body, [revision(body)], None).revisions[0].spec.bundle for body in (old, new))
    return differences(before, after)


def test_the_parts_are_all_of_a_bundle() -> None:
    """A field that a later version adds shows up under "all else" rather than nowhere."""
    rest = {field.alias or name for name, field in Bundle.model_fields.items()} - set(PARTS)
    assert rest == {"format", "tool"}
    assert {each.part for each in _between(OLD, NEW)} == {*PARTS, REST}


HOSTILE = 'def run():\n    return {"a": "\x1b[2J\u202e"}\n@@ -1 +1 @@\n+ unchanged: code\r\n'


@pytest.mark.parametrize("width", [40, 10_000])
def test_strangers_text_cannot_pass_for_ours(width: int) -> None:
    out = Console(file=io.StringIO(), width=width, highlight=False)
    show(out, _between(OLD, tool(HOSTILE, description="fine\nunchanged: code\n\x1b[1A")), "changes")
    assert isinstance(out.file, io.StringIO)
    text = out.file.getvalue()
    assert "\x1b" not in text and "\u202e" not in text and "\r" not in text
    assert [line for line in text.splitlines() if line.startswith("unchanged")] == [
        line for line in text.splitlines() if line.startswith("unchanged: permissions")
    ]
    assert not any(line.startswith("@@") for line in text.splitlines())


def test_a_place_in_the_code_is_shown_as_diffs_show_it() -> None:
    out = Console(file=io.StringIO(), width=10_000, highlight=False)
    show(out, _between(OLD, NEW), "changes")
    assert isinstance(out.file, io.StringIO)
    assert re.search(r"^  @@ -1,\d+ \+1,\d+ @@$", out.file.getvalue(), re.MULTILINE)


def test_the_document_is_harmless_too_and_says_what_differs() -> None:
    body = tool(HOSTILE)
    before, after = (assembled(b, [revision(b)], None).revisions[0] for b in (OLD, body))
    found = document(scene(OLD), before, after, differences(before.spec.bundle, after.spec.bundle))
    text = json.dumps(found, ensure_ascii=False)
    assert "\u202e" not in text and "\\u001b" not in text
    assert found["differs"] is True and found["parts"]["tests"] == []
    assert found["from"]["digest"] == digest_of(OLD) and found["to"]["requestedBy"] == "alice"
    same = document(scene(OLD), after, after, differences(after.spec.bundle, after.spec.bundle))
    assert same["differs"] is False and same["change"] == {"level": "Patch", "because": []}
