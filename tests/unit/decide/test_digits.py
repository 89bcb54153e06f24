"""The digits that one channel shows and the other asks for: 16 of them, however they are typed."""

from __future__ import annotations

import pytest

from cupel.api.common import Condition
from cupel.codes.page import decision_page
from cupel.decide.digits import concealed, grouped, typed
from cupel.decide.disclosure import disclose, without_digest
from cupel.decide.tool_revision import World, decide

from .builders import ACCEPTED, IMAGE, NOON, PASSED, ledger, policy, revision

DIGEST = "sha256-446420371f0a9be2" + "ab" * 24
REV = revision()
DIGITS = REV.spec.digest[7:]


@pytest.mark.parametrize(
    "text",
    ["446420371f0a9be2", "4464-2037-1f0a-9be2", " 4464 2037 1F0A 9BE2 ", "sha256-446420371f0a9be2"],
)
def test_groups_and_capitals_do_not_matter(text: str) -> None:
    assert typed(text) == typed(grouped(DIGEST))


def test_what_asks_for_approval_shows_all_digits_that_are_typed() -> None:
    proved = revision(analysis=ACCEPTED, validation=PASSED)
    world = World(policy=policy(), ledger=ledger(), sandbox="sandbox", image=IMAGE)
    asked = next(c for c in decide(proved, world, NOON).status.conditions if c.type == "Approved")

    assert asked.reason == "AwaitingApproval" and DIGITS[:16] in typed(asked.message)


def test_nothing_where_they_are_typed_shows_any() -> None:
    running = Condition(
        type="Validated",
        status="Unknown",
        reason="Running",
        message=f"trial {REV.name}-0-0 runs",
        last_transition_time=NOON,
    )
    trying = REV.model_copy(update={"status": REV.status.model_copy(update={"conditions": (running,)})})
    told = disclose(trying, (trying,), ledger())
    page = decision_page(told, "carol")

    assert DIGITS[:8] not in page and DIGITS[:4] + "-" + DIGITS[4:8] not in page
    assert DIGITS[:8] not in str(without_digest(told))


def test_names_lose_their_digits_and_nothing_else() -> None:
    assert (
        concealed("trial word-count-446420371f-0 of 44642037 runs", DIGEST)
        == "trial word-count-…-0 of … runs"
    )
