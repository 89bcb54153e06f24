"""What the author sees, and whom it wakes for: one row a sentence."""

from datetime import UTC, datetime, timedelta

import pytest

from cupel.author.seen import Seen
from cupel.decide.spending import Spent

NOON = datetime(2030, 1, 1, 12, tzinfo=UTC)
GAP = {"apiVersion": "cupel.dev/v1alpha1", "kind": "CapabilityGap"}


def gap(name="gap-1", tokens=0, ago=60, policy="default", uid=""):
    entry = {
        "number": 1, "at": (NOON - timedelta(seconds=ago)).isoformat(), "generator": "Model", "outcome": "Made",
        "tokens": tokens, "micros": tokens,
    }  # fmt: skip
    return GAP | {
        "metadata": {"name": name, "namespace": "tools", "uid": uid or name},
        "spec": {"wish": "count words", "requestedBy": "alice", "policyRef": {"name": policy}},
        "status": {"drafting": [entry] if tokens else []},
    }


def seen(*gaps):
    woken = []
    found = Seen("author", woken.append)
    found.gaps.replace(list(gaps))
    return found, woken


# fmt: off
SPENT = [
    ("what gaps used today",                    [gap(tokens=10), gap("gap-2", 5)],            [],          15),
    ("... of the same policy",                  [gap(tokens=10), gap("gap-2", 5, policy="x")], [],         10),
    ("yesterday is over",                       [gap(tokens=10, ago=90_000)],                 [],           0),
    ("deleting makes no room",                  [gap(tokens=10), gap("gap-2", 5)],            ["gap-2"],   15),
    ("a gap of a name that was used before",    [gap(tokens=10), gap("gap-2", 5)],            ["gap-2", gap("gap-2", 7, uid="new")], 22),
]
# fmt: on


@pytest.mark.parametrize(
    ("there", "then", "tokens"), [row[1:] for row in SPENT], ids=[row[0] for row in SPENT]
)
def test_what_was_spent_today(there, then, tokens):
    found, _ = seen(*there)
    for change in then:
        if isinstance(change, str):
            found.gaps.deleted(gap(change))
        else:
            found.gaps.changed(change)
    asked = found.gaps.get("tools", "gap-1")
    assert found.spent_today(asked, NOON) == Spent(tokens, tokens)
    assert found.spent_today(asked, NOON + timedelta(days=1)) == Spent()


def test_each_gap_is_woken_by_what_concerns_it():
    found, woken = seen(gap("gap-1"), gap("gap-2"), gap("gap-3", policy="other"))
    assert set(woken) == {("tools", "gap-1"), ("tools", "gap-2"), ("tools", "gap-3")}
    woken.clear()
    found.policies.changed({"metadata": {"name": "other", "namespace": "tools"}, "spec": {}})
    assert woken == [("tools", "gap-3")]
