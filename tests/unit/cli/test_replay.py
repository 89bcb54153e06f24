"""`cupel replay`: what it flies, what it says, what it refuses, what it draws."""

from __future__ import annotations

import dataclasses
import gzip
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

from cupel.cli.output import Exit, Failure, Format
from cupel.cli.replay import Asked, demand, document, flight, policy_of, replay
from cupel.cli.replay_picture import MOST_POINTS, Moment, picture, thinned

POLICY = """
apiVersion: cupel.dev/v1alpha1
kind: AutonomyPolicy
metadata: {name: mine}
spec:
  targetRef: {kind: Deployment, name: mine}
  periodSeconds: 5
  signals: [{name: throughputPerSecond, type: PodMetrics, podMetrics: {port: 80, metric: calls_total, read: Rate}}]
  scaling: {maxReplicas: 40, capacityPerReplica: 1000}
"""


def asked(folder: Path, policy: str = POLICY, capacity: float = 0.0, hours: float = 12.0) -> Asked:
    rng = np.random.default_rng(4)
    rows = [f"2026-01-01 00:{m:02d}:00,{rng.poisson(60 * (4 + m / 3))}" for m in range(20)]
    (folder / "trace.csv").write_text("\n".join(["time,count", *rows]))
    (folder / "policy.yaml").write_text(policy)
    return Asked(str(folder / "policy.yaml"), str(folder / "trace.csv"), "", capacity, 0.5, hours, 0.0, 1)


def test_it_flies_the_policy_over_the_trace(tmp_path: Path) -> None:
    given = asked(tmp_path)
    load = demand(given)
    said = document(flight(policy_of(given.policy), load, given))

    assert said["requests"] == load.total
    assert said["violationPercent"] < 5
    assert 1.0 < said["costRatio"] < 3.0
    assert said["format"] == "cupel.dev/replay/v1"
    assert sum(each["count"] for each in said["decisions"]) == len(load.counts) // 5 - (
        len(load.counts) % 5 == 0
    )


def test_the_same_seed_flies_the_same(tmp_path: Path) -> None:
    given = asked(tmp_path, hours=0.1)
    policy = policy_of(given.policy)

    assert document(flight(policy, demand(given), given)) == document(flight(policy, demand(given), given))


@pytest.mark.parametrize(
    ("policy", "says"),
    [
        ("kind: Deployment\n", "holds 0 AutonomyPolicies"),
        (POLICY + "---" + POLICY, "holds 2 AutonomyPolicies"),
        (POLICY.replace("maxReplicas: 40", "maxReplicas: 0"), "maxReplicas"),
        ("{", "is not YAML or JSON"),
        (POLICY.replace("{name: mine}\nspec", "words\nspec"), "metadata"),
    ],
)
def test_it_refuses_a_file_that_is_no_policy(tmp_path: Path, policy: str, says: str) -> None:
    given = asked(tmp_path, policy)

    with pytest.raises(Failure, match=says) as failure:
        policy_of(given.policy)
    assert failure.value.code is Exit.UNUSABLE


def test_a_policy_of_a_file_needs_no_name(tmp_path: Path) -> None:
    given = asked(tmp_path, POLICY.replace("metadata: {name: mine}", "metadata:"))

    assert policy_of(given.policy).name == "policy"


def test_a_torn_archive_is_told_with_its_file(tmp_path: Path) -> None:
    given = asked(tmp_path)
    torn = bytearray(gzip.compress(b"2026-01-01 00:00:00,3\n" * 400))
    torn[12:30] = bytes(18)
    Path(given.trace).write_bytes(torn)

    with pytest.raises(Failure, match=r"trace\.csv: ") as failure:
        demand(given)
    assert failure.value.code is Exit.UNUSABLE


def test_a_picture_that_cannot_be_written_takes_no_figures_away(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = dataclasses.replace(asked(tmp_path, hours=0.1), picture=str(tmp_path / "absent" / "replay.svg"))

    with pytest.raises(Failure, match=r"--picture .*replay\.svg: No such file") as failure:
        replay(given, Format.TEXT)
    assert failure.value.code is Exit.UNUSABLE
    assert "late" in capsys.readouterr().out


def test_a_picture_replaces_an_earlier_one_and_no_other_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    drawn, mine = tmp_path / "replay.svg", tmp_path / "policy.yaml"
    given = asked(tmp_path, hours=0.1)
    replay(dataclasses.replace(given, picture=str(drawn)), Format.TEXT)
    assert "in place of" not in capsys.readouterr().err
    replay(dataclasses.replace(given, picture=str(drawn)), Format.TEXT)
    assert "in place of the one before" in capsys.readouterr().err

    with pytest.raises(Failure, match=r"policy\.yaml: is there, and no picture of a replay: name another"):
        replay(dataclasses.replace(given, picture=str(mine)), Format.TEXT)
    assert mine.read_text() == POLICY


@pytest.mark.parametrize(
    ("written", "says"),
    [
        (bytes(range(256)), "no row begins with a time"),
        (
            b"2026-01-01 00:00:00," + b"a" * 200_000 + b"\n" * 2 + b"1," + b"a" * 200_000,
            "is no CSV: field larger",
        ),
        (b"time,count\n1,-5\n2,nan\n", "column 2 holds no count: a number, 0 or more"),
    ],
)
def test_it_refuses_a_file_that_is_no_trace(tmp_path: Path, written: bytes, says: str) -> None:
    given = asked(tmp_path)
    Path(given.trace).write_bytes(written)

    with pytest.raises(Failure, match=rf"trace\.csv: .*{says}") as failure:
        demand(given)
    assert failure.value.code is Exit.UNUSABLE


def test_lines_may_end_as_on_an_old_machine(tmp_path: Path) -> None:
    given = asked(tmp_path)
    lines = Path(given.trace).read_bytes()
    total = demand(given).total
    Path(given.trace).write_bytes(lines.replace(b"\n", b"\r"))

    assert demand(given).total == total


def test_it_asks_what_a_pod_carries_where_nobody_says(tmp_path: Path) -> None:
    given = asked(tmp_path, POLICY.replace(", capacityPerReplica: 1000", ""))

    with pytest.raises(Failure, match="capacityPerReplica"):
        flight(policy_of(given.policy), demand(given), given)


def test_the_picture_is_well_formed_whatever_the_trace_is_called() -> None:
    moments = [Moment(5 * i, 3.0 + i % 7, 9.0, 4.0, 6.0, float(i == 40)) for i in range(5000)]
    root = ElementTree.fromstring(picture(moments, "<a & b>"))  # our own document

    assert root.tag.endswith("svg")
    assert len([e for e in root.iter() if e.tag.endswith("polyline")]) == 5
    kept = thinned(moments)
    assert len(kept) <= MOST_POINTS and any(moment.waits == 1.0 for moment in kept)


def test_a_picture_of_nothing_is_still_one() -> None:
    assert ElementTree.fromstring(picture([], "empty")) is not None
