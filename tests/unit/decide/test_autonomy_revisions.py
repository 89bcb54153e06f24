"""What is remembered of a Deployment's revisions, told as stories of looks, and what may be gone back to."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from cupel.api.autonomy_policy import AutonomyPolicy
from cupel.api.autonomy_status import MOST_REVISIONS, AutonomyPolicyStatus, Evidence, RevisionServed
from cupel.decide.autonomy import Plan, World, Worse, decide
from cupel.decide.autonomy_revisions import good, past, told

from .builders import NOON
from .test_autonomy import APP_ROLLS, STEADY, policy

A, B, C = "aaa", "bbb", "ccc"
WORLD = World(replicas=2, serving=A, serving_name="web-aaa", revisions=(A,))


def serves(one: str, *history: str, well: bool | None = None, worse: str = "", denied: str = "") -> World:
    """A look at which `one` serves; `worse`: what it is to be left for."""
    found = Worse(one, f"web-{worse}", worse, "RevisionWorse", "20 % failed") if worse else None
    return replace(
        WORLD, serving=one, serving_name=f"web-{one}", revisions=history or (one,), good=well, worse=found,
        denied=denied,
    )  # fmt: skip


def story(of: AutonomyPolicy, *looks: World) -> Plan:
    """The plan of the last of several looks, a minute apart; each leaves its evidence in the status."""
    plan = Plan(of.status)
    for number, world in enumerate(looks):
        now = NOON + timedelta(minutes=number)
        plan = decide(of.model_copy(update={"status": plan.status}), STEADY, world, now)
        if world.serving:
            evidence = Evidence(template_hash=world.serving, reason="NoRegression", message="", saved="")
            plan = replace(plan, status=plan.status.model_copy(update={"evidence": evidence}))
    return plan


def summary(status: AutonomyPolicyStatus) -> str:
    """`bbb condemned left, aaa good`: the revisions, the last one that served first."""
    words = ("good", "condemned", "left", "returned")
    return ", ".join(
        " ".join([one.template_hash, *(word for word in words if getattr(one, f"{word}_at"))])
        for one in status.revisions
    )


# fmt: off
STORIES = [
    # sentence                                         looks                                                                           remembered
    ("one that serves",                                [serves(A)],                                                                    "aaa"),
    ("... and is good by now",                         [serves(A), serves(A, well=True)],                                              "aaa good"),
    ("... stays so while nothing new is known",        [serves(A, well=True), serves(A)],                                              "aaa good"),
    ("... until something speaks against it",          [serves(A, well=True), serves(A, well=False)],                                  "aaa"),
    ("a newer one takes over",                         [serves(A, well=True), serves(B, B, A)],                                        "bbb, aaa good"),
    ("the newer one is worse",                         [serves(A, well=True), serves(B, B, A, worse=A)],                               "bbb condemned, aaa good"),
    ("... and was good before",                        [serves(A, well=True), serves(B, B, A, well=True), serves(B, B, A, worse=A)],   "bbb condemned, aaa good"),
    ("... and is left",                                [serves(A, well=True), serves(B, B, A, worse=A), serves(A, A, B)],              "aaa good, bbb condemned left"),
    ("... and is brought back",                        [serves(A, well=True), serves(B, B, A, worse=A), serves(A, A, B), serves(B, B, A)], "bbb condemned left returned, aaa good"),
    ("... it is never good again",                     [serves(A, well=True), serves(B, B, A, worse=A), serves(A, A, B), serves(B, B, A, well=True)], "bbb condemned left returned, aaa good"),
    ("people went back: what they left is not good",   [serves(A, well=True), serves(B, B, A, well=True), serves(A, A, B)],            "aaa good, bbb"),
    ("people went on: what they left stays good",      [serves(A, well=True), serves(B, B, A, well=True), serves(C, C, B, A)],         "ccc, bbb good, aaa good"),
    ("nothing serves: nothing changes",                [serves(A, well=True), serves("")],                                             "aaa good"),
    ("refused by the API server: condemned all the same", [serves(A, well=True), serves(B, B, A, worse=A, denied="no")],               "bbb condemned, aaa good"),
]
# fmt: on


@pytest.mark.parametrize(("looks", "expected"), [s[1:] for s in STORIES], ids=[s[0] for s in STORIES])
def test_stories(looks: list[World], expected: str) -> None:
    assert summary(story(APP_ROLLS, *looks).status) == expected


def test_the_api_server_can_store_it() -> None:
    status = story(APP_ROLLS, serves(A, well=True), serves(B, B, A, worse=A), serves(A, A, B)).status

    assert AutonomyPolicyStatus.model_validate(status.wire(), by_alias=True) == status


@pytest.mark.parametrize("authority", ["Observe", "Recommend"])
def test_what_is_only_said_condemns_nothing(authority: str) -> None:
    of = policy("Deployment", authority=authority, rollback=APP_ROLLS.spec.rollback.wire())
    plan = story(of, serves(A, well=True), serves(B, B, A, worse=A))

    assert (summary(plan.status), plan.back_to) == ("bbb, aaa good", "")


def test_what_was_condemned_and_not_done_is_still_done() -> None:
    """Killed between the status and the write, or refused: the next look does it."""
    plan = story(APP_ROLLS, serves(A, well=True), serves(B, B, A, worse=A), serves(B, B, A, worse=A))

    assert plan.back_to == A


def test_an_event_tells_that_it_was_brought_back_and_only_once() -> None:
    looks = [serves(A, well=True), serves(B, B, A, worse=A), serves(A, A, B), serves(B, B, A)]
    back, again = story(APP_ROLLS, *looks), story(APP_ROLLS, *looks, serves(B, B, A))

    assert [(one.kind, one.reason) for one in back.told] == [("Warning", "BroughtBack")]
    assert "web-bbb was rolled back" in back.told[0].message
    assert again.told == ()


def served(name: str, **at: int) -> RevisionServed:
    """One that served; `at`: minutes after noon."""
    times = {f"{word}_at": NOON + timedelta(minutes=minute) for word, minute in at.items()}
    return RevisionServed(template_hash=name, name=f"web-{name}", since=NOON, **times)


# fmt: off
PASTS = [
    # sentence                                            remembered                                                     condemned   last
    ("nothing",                                           [served(A, good=1)],                                           set(),      None),
    ("what is to be left is not left yet",                [served(B, condemned=5), served(A, good=1)],                   set(),      None),
    ("what was left",                                     [served(A, good=1), served(B, condemned=5, left=6)],           {B},        5),
    ("what was left and serves again",                    [served(B, condemned=5, left=6, returned=9)],                  {B},        5),
    ("the last of two",                                   [served(B, condemned=7, left=8), served(C, condemned=5, left=6)], {B, C},  7),
]
# fmt: on


@pytest.mark.parametrize(
    ("revisions", "condemned", "last"), [p[1:] for p in PASTS], ids=[p[0] for p in PASTS]
)
def test_what_was_done_before(revisions: list[RevisionServed], condemned: set[str], last: int | None) -> None:
    found = past(tuple(revisions), B if revisions[0].template_hash == B else A)

    assert found.condemned == condemned
    assert found.last == (None if last is None else NOON + timedelta(minutes=last))


def test_what_was_gone_back_to_is_not_left_within_an_hour() -> None:
    """It fails as well, so it is no revision's fault; a newer one that fails is left after ten minutes."""
    earlier = served(A, good=1)
    later = served(C).model_copy(update={"since": NOON + timedelta(minutes=20)})
    left = served(B, condemned=5, left=6).model_copy(update={"since": NOON + timedelta(minutes=4)})

    assert past((earlier, left), A).pause == timedelta(hours=1)
    assert past((later, earlier, left), C).pause == timedelta(minutes=10)


def test_only_what_served_well_and_was_never_condemned_is_gone_back_to() -> None:
    assert good((served(A, good=1), served(B, good=1, condemned=5), served(C))) == {A}


def test_more_than_a_status_holds() -> None:
    """Idle ones go first that no ReplicaSet is left of, the oldest before; what is condemned stays longest."""
    of, looks = APP_ROLLS, [serves(A, well=True), serves(B, B, A, worse=A), serves(A, A, B)]
    looks += [serves(f"n{number}", f"n{number}", f"n{number - 1}") for number in range(MOST_REVISIONS)]
    kept = [one.template_hash for one in story(of, *looks).status.revisions]

    assert len(kept) == MOST_REVISIONS
    assert kept[0] == f"n{MOST_REVISIONS - 1}"
    assert B in kept
    assert A not in kept


def test_a_tool_needs_no_such_memory() -> None:
    assert story(policy(rollback={"enabled": True}), serves(A, well=True)).status.revisions == ()


def test_nothing_new_is_told_of_what_was_told() -> None:
    back = (served(B, condemned=5, left=6, returned=9),)

    assert told(back, back) == ()
