"""How long a canary is one, by how much it was called: one row a sentence."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from cupel.api.autonomy_status import CanaryCalls
from cupel.api.serving import Canary, CanaryStatus
from cupel.decide.canary_time import trial
from cupel.decide.generated_tool import decide

from .builders import NOON, last
from .test_canary import MINUTE, NEW, OLD, TOOL, beside, by, flown, since

WANTED = Canary(percent=20, minutes=15)
HOUR = timedelta(hours=1)


def seen(calls: int, called: int, watched: int, beside: int = 500) -> CanaryCalls:
    """So many calls, and minutes: called in, and watched for."""
    return CanaryCalls(
        since=NOON, calls=calls, calls_beside=beside, called_seconds=60 * called, watched_seconds=60 * watched
    )


# fmt: off
CASES = [
    # sentence                                               counted                    gone by          ends: why, or what is waited for     tried
    ("nobody counts: time alone decides",                    None,                      14 * MINUTE,     "",                                  True),
    ("... and is up",                                        None,                      15 * MINUTE,     "had 15 min as a canary",            True),
    ("called all the time, but not long enough",             seen(90, 14, 14),          14 * MINUTE,     "",                                  True),
    ("called all the time it should",                        seen(90, 15, 15),          15 * MINUTE,     "called 90 times, 15 of 15 min count", True),
    ("time went by and nobody called",                       seen(0, 0, 16, 0),         16 * MINUTE,     "",                                  False),
    ("... nor for four times as long",                       seen(0, 0, 60, 0),         60 * MINUTE,     "nobody called the tool for 60 min", False),
    ("called now and then, and that counts",                 seen(40, 9, 50),           50 * MINUTE,     "",                                  True),
    ("... for four times as long: that is all there is",     seen(40, 9, 60),           60 * MINUTE,     "called 40 times, 9 of 15 min count", True),
    ("all the time, but too seldom to tell anything",        seen(19, 15, 20),          20 * MINUTE,     "",                                  False),
    ("... and then often enough",                            seen(20, 15, 21),          21 * MINUTE,     "called 20 times",                   True),
    ("the other is called: its small share is waited for",   seen(3, 3, 70),            70 * MINUTE,     "",                                  False),
    ("... for a day",                                        seen(3, 3, 1400),          24 * HOUR,       "called 3 times, 3 of 15 min count", False),
    ("the clock was set an hour ahead: nothing is over",     seen(30, 5, 5),            65 * MINUTE,     "",                                  True),
    ("... or behind: it is over by what was counted",        seen(90, 15, 15),          -HOUR,           "called 90 times",                   True),
    ("the autopilot is gone: not before a day has gone by",  seen(30, 5, 5),            23 * HOUR,       "",                                  True),
    ("... and then it takes over",                           seen(30, 5, 5),            24 * HOUR,       "called 30 times",                   True),
]
# fmt: on


@pytest.mark.parametrize(
    ("calls", "gone_by", "over", "tried"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_one_look(calls: CanaryCalls | None, gone_by: timedelta, over: str, tried: bool) -> None:
    found = CanaryStatus(revision=NEW.name, digest=NEW.spec.digest, since=NOON, percent=20)
    stands = trial(found, WANTED, calls, NOON + gone_by)

    assert (over in stands.over) if over else not stands.over
    assert stands.tried is tried


def test_one_of_a_day_is_no_longer_one_after_four() -> None:
    found = CanaryStatus(revision=NEW.name, digest=NEW.spec.digest, since=NOON, percent=20)
    wanted, counted = Canary(percent=20, minutes=1440), seen(3, 3, 1440)

    assert not trial(found, wanted, counted, NOON + 3 * 24 * HOUR).over
    assert trial(found, wanted, counted, NOON + 4 * 24 * HOUR).over


def counted(calls: int, called: int, watched: int, ago: timedelta = 15 * MINUTE, **said):
    """A world whose policy counted so much of the canary that came so long ago."""
    evidence = seen(calls, called, watched, **said).model_copy(update={"since": NOON - ago})
    policy = flown(about=NEW.spec.digest)
    known = policy.status.evidence.model_copy(update={"canary": evidence})
    status = policy.status.model_copy(update={"evidence": known})
    return by(beside(TOOL, NEW), policy.model_copy(update={"status": status}))


# fmt: off
LOOKS = [
    ("called all the time: it takes over",              counted(90, 15, 15),              "Canary=True/CanaryPassed"),
    ("nobody called: it does not, as yet",              counted(0, 0, 15, beside=0),      "Canary=Unknown/CanaryRunning"),
    ("nobody called for an hour: it does, untried",     counted(0, 0, 60, beside=0),      "Canary=True/CanaryUntried"),
    ("what was counted of an earlier canary is no matter", counted(0, 0, 9, HOUR),        "Canary=True/CanaryPassed"),
]
# fmt: on


@pytest.mark.parametrize(("world", "stops_at"), [one[1:] for one in LOOKS], ids=[one[0] for one in LOOKS])
def test_it_takes_over_by_what_was_counted(world, stops_at: str) -> None:
    assert last(decide(since(TOOL, 15 * MINUTE, NEW), world, NOON)) == stops_at


def test_what_one_caller_spoils_does_not_take_over_by_itself() -> None:
    world = counted(900, 15, 15)
    policy = world.flown_by[0]
    said = policy.status.evidence.model_copy(update={"reason": "OneCaller", "message": "`token/eve` fails"})
    held = policy.model_copy(update={"status": policy.status.model_copy(update={"evidence": said})})
    plan = decide(since(TOOL, 15 * MINUTE, NEW), replace(world, flown_by=(held,)), NOON)

    assert last(plan) == "Canary=Unknown/CanaryRunning"
    assert "does not take over: AutonomyPolicy load: `token/eve` fails" in plan.status.conditions[-1].message


def test_it_says_how_much_it_was_called_and_what_it_waits_for() -> None:
    def says(world) -> str:
        return decide(since(TOOL, 15 * MINUTE, NEW), world, NOON).status.conditions[-1].message

    running, hardly = says(counted(37, 4, 12)), says(counted(1, 1, 61))

    assert (
        f"{NEW.name} gets 20 % of the calls beside {OLD.name}, called 37 times, 4 of 15 min count" in running
    )
    assert "takes over when all do, or after 60 min" in running
    assert "AutonomyPolicy load judges it" in running
    assert "called once, 1 of 15 min count" in hardly
    assert (
        "waits for 20 calls, until 2030-01-02 11:45 UTC at most: raise `spec.serving.canary.percent`"
        in hardly
    )
