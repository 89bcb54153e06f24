"""To which revision one goes back, and why or why not: sentences."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from tests.unit.control.revisions import alarms, known

from cupel.control.rollback import PAUSE, Case, Known, Past, Verdict, case_of, heir, judged

NOW = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)
WORSE = Case(True, False, "errors", 0.2, 0.01, 40.0, 4.7, 300.0, 25.0)
CALM = Case(False, False, "errors", 0.0, 0.0, 0.0, float("inf"), 0.0, 0.0)
NEARLY = replace(WORSE, alarm=False, log_value=4.0)
C, B, A = Known("c", "3", True), Known("b", "2", True), Known("a", "1", True)
ALL = (C, B, A)


def unproven(one: Known) -> Known:
    return replace(one, good=False)


def verdict(case: Case = WORSE, **given: object) -> Verdict:
    asked = {"enabled": True, "serving": "3", "revisions": ALL, "past": Past(), "now": NOW} | given
    return judged(case, **asked)  # type: ignore[arg-type]


# fmt: off
ROWS = [
    #  what is so                                  given                                                   reason, back to
    ("worse-goes-back-to-the-one-before",          {},                                                     "RevisionWorse", B),
    ("calm-stays",                                 {"case": CALM},                                         "NoRegression", None),
    ("nearly-worse-stays",                         {"case": NEARLY},                                       "NoRegression", None),
    ("switched-off",                               {"enabled": False},                                     "RollbackOff", None),
    ("nothing-serves",                             {"serving": None},                                      "NothingServes", None),
    ("others-are-worse-too",                       {"case": replace(WORSE, shared=True)},                  "SharedIncident", None),
    ("past-one-that-is-not-known-to-be-good",      {"revisions": (C, unproven(B), A)},                     "RevisionWorse", A),
    ("past-one-that-was-condemned",                {"past": Past(frozenset({"2"}))},                       "RevisionWorse", A),
    ("nobody-is-left",                             {"past": Past(frozenset({"1", "2"}))},                  "NoGoodRevision", None),
    ("nobody-was-before",                          {"revisions": (C,)},                                    "NoGoodRevision", None),
    ("no-ping-pong-to-the-newer-one",              {"serving": "1"},                                       "NoGoodRevision", None),
    ("no-ping-pong-after-a-rollback",              {"serving": "2", "past": Past(frozenset({"3"}))},       "RevisionWorse", A),
    ("it-is-condemned-already",                    {"past": Past(frozenset({"3"}))},                       "AlreadyCondemned", None),
    ("just-after-the-last-one",                    {"past": Past(last=NOW - timedelta(seconds=599))},      "RolledBackRecently", None),
    ("ten-minutes-after-the-last-one",             {"past": Past(last=NOW - PAUSE)},                       "RevisionWorse", B),
    ("after-the-clock-was-set-back",               {"past": Past(last=NOW + timedelta(hours=1))},          "RolledBackRecently", None),
    ("what-serves-is-not-in-the-list",             {"serving": "9"},                                       "RevisionWorse", C),
]
# fmt: on


@pytest.mark.parametrize(("given", "reason", "target"), [r[1:] for r in ROWS], ids=[r[0] for r in ROWS])
def test_decisions(given: dict[str, object], reason: str, target: Known | None) -> None:
    found = verdict(**given)  # type: ignore[arg-type]

    assert (found.reason, found.target) == (reason, target)
    assert 0 < len(found.message) <= 512


def test_the_evidence_is_told_in_words() -> None:
    assert verdict().message == (
        "20 % of calls failed in the last 25 s (300 calls), 1 % before; e-value 10^17.4, needed 10^2.0; back to b"
    )
    assert verdict(NEARLY).message.startswith("not enough yet for a regression: 20 % of calls failed")


def test_a_row_of_the_evidence_becomes_a_case() -> None:
    _, _, found = alarms(known(3), np.random.default_rng(1), 6, 50.0, failed=20.0)

    case = case_of(found, [False, True, False], 1)

    assert case.alarm and case.shared and case.metric == "errors"
    assert case.observed == pytest.approx(0.2, rel=0.3) and case.expected == pytest.approx(0.01, rel=0.05)
    assert verdict(replace(case, shared=False)).reason == "RevisionWorse"


def test_the_whole_way_of_two_bad_releases_never_comes_back_to_a_condemned_one() -> None:
    """c is worse: b. Then b is worse: a. Then a is: nowhere, whatever the order of time."""
    condemned: frozenset[str] = frozenset()
    way = []
    serving: str | None = "3"
    while serving and (next_one := heir(serving, ALL, condemned)):
        condemned |= {serving}
        way.append(next_one.identity)
        serving = next_one.identity

    assert way == ["2", "1"] and heir("1", ALL, condemned) is None
