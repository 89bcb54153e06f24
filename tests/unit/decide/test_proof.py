"""What properties and mutants come to: refused for those who are held to them, told to all, hostile words bounded."""

import json
from datetime import timedelta

import pytest

from cupel.api.proof import Counterexample, MutantsProof, PropertiesProof, Survivor
from cupel.api.report import parse_report
from cupel.decide import desired, proof
from cupel.decide.findings import refusal
from cupel.decide.revision_world import World
from cupel.decide.tool_revision import decide
from cupel.decide.validation import validated

from .builders import ACCEPTED, IMAGE, NOON, ledger, policy, report, revision, trial
from .test_authoring import made

REV = revision(analysis=ACCEPTED)
RUN = desired.trial_name(REV, 0, 0)
CASE = Counterexample(property="OutputSchema", arguments='{"n": -1}', message="half must be of type integer")
KEPT = PropertiesProof(calls=40)
BROKEN = PropertiesProof(calls=40, broken=(CASE,))
LINE = Survivor(line=12, change="> -> >=")


def mutants(killed: int, tried: int, total: int | None = None, **more: object) -> MutantsProof:
    survivors = (LINE,) if killed < tried else ()
    return MutantsProof(total=total or tried, tried=tried, killed=killed, survivors=survivors, **more)


STRONG, WEAK = mutants(45, 50), mutants(39, 50)
HELD_UP = mutants(0, 0, 9, obstacle="unchanged it fails")

# fmt: off
CASES = [
    # sentence                                         properties  mutants              held to       generated  reason               told
    ("an old report says nothing of it",               None,       None,                "Everybody",  True,      "TrialsPassed",      "1 trial passed, the slowest in 3 ms"),
    ("all is well",                                    KEPT,       STRONG,              "Everybody",  True,      "TrialsPassed",      "properties hold for 40 drawn calls; 45 of 50 mutants killed (90 %)"),
    ("a broken property refuses a generated tool",     BROKEN,     STRONG,              "Generated",  True,      "PropertyBroken",    'OutputSchema does not hold for {"n": -1}: half must be of type integer. Correct'),
    ("... and is told to a person",                    BROKEN,     STRONG,              "Generated",  False,     "TrialsPassed",      "told only, not held against it (ToolPolicy validation.heldTo): PropertyBroken: Out"),
    ("... who may be held to it, too",                 BROKEN,     STRONG,              "Everybody",  False,     "PropertyBroken",    "half must be"),
    ("nobody may be held to it",                       BROKEN,     WEAK,                "Nobody",     True,      "TrialsPassed",      "PropertyBroken"),
    ("survivors refuse a generated tool, by line",     KEPT,       WEAK,                "Generated",  True,      "MutantsSurvive",    "39 of 50 mutants killed (78 %); ToolPolicy validation.mutantsKilledPercent wants 80 %. Add examples or tests: no example and no test notices on line 12 > -> >="),
    ("... and are told to a person",                   KEPT,       WEAK,                "Generated",  False,     "TrialsPassed",      "line 12 > -> >="),
    ("exactly as many as are wanted is enough",        KEPT,       mutants(40, 50),     "Generated",  True,      "TrialsPassed",      "40 of 50"),
    ("a sample is judged by what was tried",           KEPT,       mutants(39, 50, 90), "Generated",  True,      "MutantsSurvive",    "a sample of 90"),
    ("of a draw that time cut short chance may show so many", KEPT, mutants(13, 19, 90, because="time for 19 of 80 chosen"), "Generated", True, "TrialsPassed", "(time for 19 of 80 chosen)"),
    ("... but hardly so many more",                    KEPT,       mutants(8, 19, 90, because="time for 19 of 80 chosen"), "Generated", True, "MutantsSurvive", "8 of 19 mutants killed (42 %), a sample of 90"),
    ("... nor all of eight",                           KEPT,       mutants(0, 8, 90, because="time for 8 of 80 chosen"), "Generated", True, "MutantsSurvive", "0 of 8"),
    ("of few, all tried, each counts",                 KEPT,       mutants(1, 2),       "Generated",  True,      "MutantsSurvive",    "1 of 2"),
    ("code with nothing to change",                    KEPT,       mutants(0, 0),       "Generated",  True,      "TrialsPassed",      "0 of 0 mutants killed"),
    ("what the tool keeps from being judged refuses it", KEPT,     HELD_UP,             "Generated",  True,      "MutantsUnjudged",   "no change of the code can be judged: unchanged it fails. Correct the tool"),
    ("... and is told to a person",                    KEPT,       HELD_UP,             "Generated",  False,     "TrialsPassed",      "MutantsUnjudged: no change of the code can be judged"),
    ("... a broken property is told first",            BROKEN,     HELD_UP,             "Generated",  True,      "PropertyBroken",    "half must be"),
    ("no time for any mutant is no fault of the tool", KEPT,       mutants(0, 0, 9, because="time for 0 of 9 chosen"), "Generated", True, "TrialsPassed", "(time for 0 of 9 chosen)"),
    ("what could not be tried is said",                PropertiesProof(because="Hypothesis cannot be loaded"), mutants(0, 0), "Everybody", True, "TrialsPassed", "0 drawn calls (Hypothesis cannot be loaded)"),
]
# fmt: on


def seen(properties, alive, held_to="Generated", generated=True, **limits):
    message = report(REV, RUN, properties=properties, mutants=alive)
    return World(
        policy=policy(validation={"heldTo": held_to} | limits),
        ledger=ledger(),
        sandbox="sandbox",
        image=IMAGE,
        generated=generated,
        trials=(trial(REV, message=message),),
    )


@pytest.mark.parametrize(
    ("properties", "alive", "held_to", "generated", "reason", "told"),
    [c[1:] for c in CASES],
    ids=[c[0] for c in CASES],
)
def test_the_gate_validated(properties, alive, held_to, generated, reason, told):
    world = seen(properties, alive, held_to, generated)
    outcome = validated(REV, world, NOON)

    assert (outcome.reason, told in outcome.message) == (reason, True), outcome.message
    plan = decide(REV, world, NOON)
    again = decide(REV.model_copy(update={"status": plan.status}), world, NOON + timedelta(hours=1))
    assert again.status == plan.status, "an hour later nothing is decided anew"


def test_a_policy_that_asks_for_less_lets_it_pass():
    assert validated(REV, seen(KEPT, WEAK, mutantsKilledPercent=78), NOON).reason == "TrialsPassed"
    assert validated(REV, seen(KEPT, HELD_UP, mutantsKilledPercent=0), NOON).reason == "TrialsPassed"
    hurried = mutants(0, 19, 90, because="time for 19 of 80 chosen")
    assert validated(REV, seen(KEPT, hurried, mutantsKilledPercent=0), NOON).reason == "TrialsPassed"


def test_a_policy_that_asks_for_all_is_refused_by_one_survivor():
    hurried = mutants(18, 19, 90, because="time for 19 of 80 chosen")
    assert validated(REV, seen(KEPT, hurried, mutantsKilledPercent=100), NOON).reason == "MutantsSurvive"


def test_the_harness_is_asked_for_it_as_long_as_the_policy_gives_time():
    def content(**limits):
        return json.loads(desired.tests_file(REV, RUN, policy(validation=limits).spec.validation, ()))

    asked = content()["proof"]
    assert (asked["code"], asked["egress"], asked["seconds"]) == (REV.spec.bundle.code, False, 6)
    assert asked["inputSchema"] == REV.spec.bundle.interface.input_schema
    assert "proof" not in content(proofSeconds=0)


# fmt: off
HOSTILE = {
    "too many survivors": {"mutants": {"survivors": [{"line": 1, "change": "a"}] * 6}},
    "a long change": {"mutants": {"survivors": [{"line": 1, "change": "a" * 101}]}},
    "more counterexamples than properties need": {"properties": {"broken": [{"property": "Ends"}] * 4}},
    "a property of its own": {"properties": {"broken": [{"property": "Approved"}]}},
    "arguments without end": {"properties": {"broken": [{"property": "Ends", "arguments": "a" * 257}]}},
    "a count that is no number": {"mutants": {"killed": "80"}},
    "less than nothing": {"mutants": {"killed": -1}},
    "a field nobody asked for": {"properties": {"verdict": "Passed"}},
}
# fmt: on


@pytest.mark.parametrize("parts", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_report_is_none(parts):
    good = json.loads(report(REV, RUN))

    assert isinstance(parse_report(json.dumps(good | parts)), str)


def test_a_report_from_before_is_still_one():
    old = {
        key: value
        for key, value in json.loads(report(REV, RUN)).items()
        if key not in ("properties", "mutants")
    }
    parsed = parse_report(json.dumps(old))

    assert not isinstance(parsed, str)
    assert list(proof.lines(parsed)) == []


def test_people_read_all_of_it_line_by_line():
    parsed = parse_report(report(REV, RUN, properties=BROKEN, mutants=WEAK))

    assert list(proof.lines(parsed)) == [
        "properties broken in 40 drawn calls",
        'OutputSchema does not hold for {"n": -1}: half must be of type integer',
        "39 of 50 mutants killed (78 %)",
        "no example and no test notices on line 12 > -> >=",
    ]


@pytest.mark.parametrize(
    ("properties", "alive", "reason", "told"),
    [
        (BROKEN, STRONG, "PropertyBroken", 'OutputSchema does not hold for {"n": -1}'),
        (KEPT, WEAK, "MutantsSurvive", "no example and no test notices on line 12"),
        (KEPT, HELD_UP, "MutantsUnjudged", "no change of the code can be judged: unchanged it fails"),
    ],
)
def test_the_author_is_told_what_it_can_mend(properties, alive, reason, told):
    of = made(gates=[("Validated", reason)])
    base = revision(of, analysis=ACCEPTED)
    run = desired.trial_name(base, 0, 0)
    world = seen(properties, alive)
    pod = trial(base, message=report(base, run, properties=properties, mutants=alive))
    plan = decide(base, World(**(world.__dict__ | {"trials": (pod,)})), NOON)
    found = refusal(of, base.model_copy(update={"status": plan.status}))

    assert found is not None
    assert (found.security, told in " ".join(found.told)) == (False, True)
