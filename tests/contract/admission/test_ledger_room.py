"""However much somebody decides, and however long they say why: room is left to condemn."""

from __future__ import annotations

import pytest

from .objects import digest, review
from .server import OPERATOR, Body
from .zone import LEDGER, Zone

pytestmark = pytest.mark.apiserver
LABELS = ".".join(letter * 60 for letter in "host")
HOSTS = [f"{n:02}{LABELS}"[:250] + ":443" for n in range(16)]
BATCH = 20


def wide(start: int, hosts: list[str] = HOSTS) -> Body:
    """Decisions of bob about digests that nobody asked for, for as much egress as one takes."""
    entry = review("bob", egress=tuple(hosts))
    return {"spec": {"decisions": {digest(f"junk {n}"): entry for n in range(start, start + BATCH)}}}


def test_decisions_leave_room_to_condemn(zone: Zone) -> None:
    refused = False
    for start in range(0, 2000, BATCH):
        answer = zone.server.patch(LEDGER, wide(start), "bob")
        if not answer.ok:
            refused = True
            answer.refused("room must be left to condemn")
            break
    assert refused
    zone.decide(digest("other"), review("carol"), "carol").allowed()
    many = {digest(f"bad {n}"): "rollback asked for on GeneratedTool " + "x" * 60 for n in range(500)}
    zone.server.patch(f"{LEDGER}/status", {"status": {"condemned": many}}, OPERATOR).allowed()


def test_two_thousand_decisions_with_a_reason_of_full_length_are_no_more_than_that(zone: Zone) -> None:
    zone.settings(decisions=None)
    entry = {"review": review("bob")["review"] | {"reason": "<" * 64}}
    for start in range(0, 2000, 500):
        some = {digest(f"{n}"): entry for n in range(start, start + 500)}
        zone.server.patch(LEDGER, {"spec": {"decisions": some}}, "bob").allowed()
    zone.condemn(digest("bad"), "rollback asked for", OPERATOR).allowed()
