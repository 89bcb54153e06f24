"""`autopilot NAME`: what the picture says of every state a policy may be in."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import pytest
from rich.console import Console

from cupel.api.autonomy_policy import AutonomyPolicy
from cupel.cli.autopilot_view import WIDTH, bar, drawn, spark

from .scenes import NOW, ago

SEEN = [
    {"name": "throughputPerSecond", "value": "12.4", "at": ago(seconds=3)},
    {
        "name": "latencyMilliseconds",
        "value": "80",
        "at": ago(minutes=4),
        "problem": "gateway Pod a: it did not answer",
    },
]
BELIEVED = {
    "at": ago(seconds=3), "level": "12.1", "levelDeviation": "0.8", "trend": "0.05", "capacity": "7",
    "summary": "12.1 ± 0.8 a second", "saved": "QUJD",
}  # fmt: skip
FORECAST = {"secondsAhead": 15, "expected": "12.9", "high": "15.2", "replicas": 3}
DECISION = {
    "at": ago(seconds=3), "action": "ScaleUp", "reason": "ForecastAbovePods", "confidencePercent": 83, "replicas": 3,
    "message": "2 Pods carry 14, not above 15.2 is expected", "outcome": "Pending",
}  # fmt: skip
PAST = DECISION | {"at": ago(minutes=30), "outcome": "Right", "outcomeMessage": "demand rose to 16"}
FLYING: dict[str, Any] = {
    "conditions": [
        {"type": "Ready", "status": "True", "reason": "Flying", "message": "flown as written", "lastTransitionTime": ago(hours=1)},
        {"type": "Seeing", "status": "False", "reason": "SignalsMissing", "message": "1 of 2 is missing", "lastTransitionTime": ago(minutes=1)},
    ],
    "seen": SEEN, "believed": BELIEVED, "forecast": FORECAST, "decision": DECISION, "history": [PAST],
    "replicas": 2, "desiredReplicas": 3, "desiredAt": ago(seconds=3),
    "tuned": {"adaptationPerMille": 100, "memoryPerMille": 970, "horizonSeconds": 10},
    "indices": {"omegaPerMille": 981, "psiPerMille": 930},
}  # fmt: skip


def policy(status: dict[str, Any], **spec: Any) -> AutonomyPolicy:
    target = {"kind": "GeneratedTool", "name": "word-count"}
    return AutonomyPolicy.parse(
        {
            "metadata": {"namespace": "tools", "name": "fly", "uid": "u", "generation": 1},
            "spec": {"targetRef": target, "authority": "Act", **spec},
            "status": status,
        }
    )


def shown(status: dict[str, Any], past: tuple[float, ...] = (), **spec: Any) -> str:
    out = Console(file=io.StringIO(), width=10_000, highlight=False)
    out.print(drawn(policy(status, **spec), NOW, past))
    assert isinstance(out.file, io.StringIO)
    return out.file.getvalue()


ROWS: dict[str, tuple[dict[str, Any], list[str]]] = {
    "not looked at yet": ({}, ["the autopilot has not looked at it yet"]),
    "what is flown, and how": ({}, ["tools/fly  flies GeneratedTool word-count: Act, Balanced, every 2 s"]),
    "conditions": (FLYING, ["Ready=True Flying: flown as written", "Seeing=False SignalsMissing: 1 of 2 is missing"]),
    "what was seen": (FLYING, ["throughputPerSecond  12.4 a second  3s ago"]),
    "what was not seen, and why": (FLYING, ["80 ms  4m ago  missing: gateway Pod a: it did not answer"]),
    "what is believed": (FLYING, ["believed  12.1 ± 0.8 a second, rising 0.05 a second each second; one Pod carries 7  3s ago"]),
    "... while nobody knows what a Pod carries": (
        FLYING | {"believed": {key: value for key, value in BELIEVED.items() if key != "capacity"}},
        ["a second each second; one Pod carries ?  3s ago", "not above 15.2: 3 Pods"],
    ),
    "what is forecast": (FLYING, ["forecast  in 15 s 12.9 a second, not above 15.2: 3 Pods"]),
    "how well it goes": (FLYING, ["indices   omega 0.981, psi 0.930, beta ?"]),
    "where RETUNE stands": (FLYING, ["tuned     eta 0.100, gamma 0.970, tau 10 s"]),
    "Pods there are and wanted": (FLYING, ["Pods      2, 3 wanted"]),
    "what was chosen, and why": (
        FLYING, ["chosen    ScaleUp to 3  ForecastAbovePods, 83 % sure, 3s ago", "2 Pods carry 14, not above 15.2 is expected"],
    ),
    "what came of the last ones": (FLYING, ["AGE  CHOSEN", "ScaleUp to 3  83 %", "Right", "demand rose to 16"]),
    "what a rule chose": (
        FLYING | {"history": [PAST | {"reason": "Idle", "action": "ScaleDown", "replicas": 0, "confidencePercent": 0}]},
        ["ScaleDown to 0  by rule"],
    ),
    "a move of the estimator moves no Pods": (
        FLYING | {"history": [PAST | {"action": "Retune", "reason": "PodsStartFaster"}]},
        ["Retune  83 %  PodsStartFaster"],
    ),
    "what was only said": (FLYING | {"history": [PAST | {"authority": "Recommend"}]}, ["ScaleUp to 3 (only said)"]),
    "a rollback names its digest": (
        FLYING | {"decision": {"at": ago(seconds=1), "action": "Rollback", "reason": "Worse", "digest": "sha256-" + "a" * 64}},
        ["Rollback of sha256-aaaaaaaaaaaa"],
    ),
    "... of a Deployment the template hash": (
        FLYING | {"decision": {"at": ago(seconds=1), "action": "Rollback", "reason": "Worse", "left": "6f9d7c5b8"}},
        ["Rollback of 6f9d7c5b8"],
    ),
    "what is held against what serves, and what became of the others": (
        FLYING
        | {
            "evidence": {"templateHash": "aaa", "reason": "NoRegression", "message": "nothing speaks for it", "saved": ""},
            "revisions": [
                {"templateHash": "aaa", "name": "web-aaa", "since": ago(minutes=9), "goodAt": ago(minutes=8)},
                {
                    "templateHash": "bbb", "name": "web-bbb", "since": ago(minutes=5), "condemnedAt": ago(minutes=4),
                    "leftAt": ago(minutes=3),
                },
            ],
        },
        [
            "evidence  aaa  NoRegression: nothing speaks for it",
            "web-aaa, served first 9m ago, good 8m ago",
            "web-bbb, served first 5m ago, rolled back 4m ago, left 3m ago",
        ],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("status", "lines"), ROWS.values(), ids=list(ROWS))
def test_what_is_shown(status: dict[str, Any], lines: list[str]) -> None:
    text = shown(status)

    assert [line for line in lines if line not in text] == []


def test_a_pause_is_shown() -> None:
    assert "paused" in shown({}, paused=True)
    assert "paused" not in shown({})


def test_strangers_text_moves_no_cursor() -> None:
    hostile = FLYING | {"seen": [SEEN[0] | {"problem": "Pod \x1b[2J\nReady=True"}]}

    assert "\x1b" not in shown(hostile)
    assert "Pod \\x1b[2J Ready=True" in shown(hostile)


def test_the_bar_is_on_one_scale() -> None:
    assert bar(10, 20, 40).plain.startswith("█" * 10 + "▒" * 10 + "░" * 20 + "  ")
    assert bar(40, 20, 10).plain.startswith("█" * WIDTH + "  ")
    assert bar(0, 0, 0).plain.startswith("  █")
    assert bar(-3, 5, 5).plain.startswith("▒" * WIDTH)


def test_the_past_is_drawn_between_its_least_and_its_most() -> None:
    assert spark((1.0, 2.0, 3.0)) == " ▄█  1 to 3 a second"
    assert spark((2.0, 2.0)) == "▁▁  2 to 2 a second"
    assert len(spark(tuple(map(float, range(500)))).split("  ")[0]) <= WIDTH
    assert "▁▁  2 to 2" in shown(FLYING, (2.0, 2.0))


def test_the_pictures_clock_is_an_argument() -> None:
    assert drawn(policy(FLYING), NOW + timedelta(hours=1)) is not None
