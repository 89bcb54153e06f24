"""What a decision is compared with: only what is genuine and was really approved; and all of the code is shown."""

from __future__ import annotations

from typing import Any

import pytest

from cupel.api.tool_revision import ToolRevision
from cupel.decide.disclosure import disclose, last_approved

from .builders import code_of, ledger, review, revision, tool, window

HOSTILE = (
    "def run(text: str) -> dict:\n    if text == 'secret':\n        return {'words': 666}  # HOSTILE\n    n = 0\n"
    + "".join(f"    n += text.count(chr({32 + i}))\n" for i in range(20))
    + "    return {'words': n}\n"
)
OLD = revision(tool(code=HOSTILE), created="2030-01-01T11:00:00Z")
NEW = revision(tool(code=HOSTILE + "\n" * 8 + "# tidy\n"), created="2030-01-01T12:00:00Z")
DIGEST = OLD.spec.digest
ASKED_FOR_TWO = revision(
    tool(code=HOSTILE), approval=window("Waiting").model_copy(update={"needed": 2, "given": 1})
)
BOTH = review() | code_of()


def forged(digest: str) -> ToolRevision:
    """The hostile bundle under the digest of another."""
    metadata = {"name": f"word-count-{digest[7:17]}", "namespace": "tools", "uid": "forged"}
    return ToolRevision.parse({"metadata": metadata, "spec": OLD.spec.wire() | {"digest": digest}})


CALLER = tool(code=HOSTILE, permissions={"egress": ["api.example.com:443"]})
CALLS_OUT = revision(CALLER)
OUT = {"egress": ["api.example.com:443"]}
GOOD = revision(tool(code="def run(text: str) -> dict:\n    return {'words': 1}\n"))

ROWS = [
    pytest.param(OLD, review(), (1, 2), True, id="one channel where one is asked for"),
    pytest.param(OLD, review(), (2, 2), False, id="one channel where two are asked for"),
    pytest.param(OLD, BOTH, (2, 2), True, id="both where two are asked for"),
    pytest.param(CALLS_OUT, review(**OUT), (1, 2), False, id="one where its egress asks for two"),
    pytest.param(CALLS_OUT, BOTH | OUT, (1, 2), True, id="both for its egress"),
    pytest.param(CALLS_OUT, BOTH | {"egress": []}, (1, 2), False, id="both for other egress"),
    pytest.param(ASKED_FOR_TWO, review(), (1, 2), False, id="one where the policy asked for two"),
    pytest.param(OLD, review() | code_of("bob"), (2, 2), False, id="one person twice"),
    pytest.param(OLD, review("alice"), (1, 2), False, id="its requester"),
    pytest.param(OLD, review() | code_of("carol", "Reject"), (1, 2), False, id="one of two said no"),
    pytest.param(OLD, None, (0, 0), False, id="nobody, where nobody is needed"),
    pytest.param(forged(GOOD.spec.digest), BOTH, (1, 2), False, id="a bundle that is not its digest's"),
]  # fmt: skip


@pytest.mark.parametrize(("before", "entry", "floors", "compared"), ROWS)
@pytest.mark.parametrize("serves", [False, True])
def test_a_base_is_genuine_and_approved(
    before: ToolRevision, entry: Any, floors: tuple[int, int], compared: bool, serves: bool
) -> None:
    book = ledger({before.spec.digest: entry} if entry else {}, floors=floors)
    serving = before.spec.digest if serves else ""

    assert (last_approved(NEW, (NEW, before), book, serving) == before) is compared


def test_what_is_not_a_base_does_not_hide_code() -> None:
    told = disclose(NEW, (NEW, OLD), ledger({DIGEST: review()}, floors=(2, 2)))

    assert any("HOSTILE" in line for part in told.parts for line in part.lines)


def test_below_a_diff_stands_the_whole_code() -> None:
    told = disclose(NEW, (NEW, OLD), ledger({DIGEST: review()}))

    whole = next(part for part in told.parts if part.title == "the whole code")
    assert whole.form == "code" and "\n".join(whole.lines) == NEW.spec.bundle.code
    changes = next(part for part in told.parts if part.title.startswith("code: changes"))
    assert not any("HOSTILE" in line for line in changes.lines)
