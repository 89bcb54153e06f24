"""`zone init`: the manifests equal manifests/zone, and flags that cannot be meant are refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from cupel.cli.output import Exit, Failure
from cupel.cli.zone import asked
from cupel.decide.zone import Settings, Zones, default_policy, ledgers, walls

FOLDER = Path(__file__).parents[3] / "manifests" / "zone"
LAUNCHER = "cupel-sandbox@sha256:" + "0" * 64
Key = tuple[str, str, str]


def by_name(bodies: list[dict[str, Any]]) -> dict[Key, dict[str, Any]]:
    return {(b["kind"], b["metadata"].get("namespace", ""), b["metadata"]["name"]): b for b in bodies}


def test_the_manifests_are_those_written_out_in_manifests_zone() -> None:
    zones = Zones("tools", "tools-sandbox")
    made = [*walls(zones), *ledgers(zones, Settings((LAUNCHER,))), default_policy("tools")]
    files = yaml.safe_load((FOLDER / "kustomization.yaml").read_text("utf-8"))["resources"]
    written = [b for file in files for b in yaml.safe_load_all((FOLDER / file).read_text("utf-8")) if b]
    assert by_name(made) == by_name(written)


def test_namespaces_come_first_and_nothing_is_made_twice() -> None:
    made = walls(Zones("a", "b"))
    assert [body["kind"] for body in made[:2]] == ["Namespace", "Namespace"]
    assert len(by_name(list(made))) == len(made)


def flags(**given: Any) -> dict[str, Any]:
    return {"namespace": "tools", "sandbox": "", "floors": "", "separation": "", "launchers": (), **given}


@pytest.mark.parametrize(
    ("given", "names"),
    [
        pytest.param({"namespace": "Tools"}, "Tools", id="a name in capitals"),
        pytest.param({"namespace": "default"}, "never a zone", id="the namespace default"),
        pytest.param({"namespace": "kube-system"}, "never a zone", id="a namespace of the cluster"),
        pytest.param({"sandbox": "cupel-system"}, "never a zone", id="Cupel's own namespace as a sandbox"),
        pytest.param({"namespace": "a" * 64}, "namespace name", id="a name of 64 characters"),
        pytest.param({"sandbox": "tools"}, "another namespace", id="one namespace for both"),
        pytest.param({"floors": "2,1"}, "--floors 2,1", id="more channels without egress than with"),
        pytest.param({"floors": "3,3"}, "--floors", id="three channels"),
        pytest.param({"floors": "1"}, "--floors", id="one number"),
        pytest.param({"separation": "Two"}, "--separation", id="an unknown separation"),
        pytest.param({"launchers": ["image:latest"]}, "must name a digest", id="an image without digest"),
        pytest.param(
            {"launchers": [f"i{n}@sha256:{'0' * 64}" for n in range(9)]}, "at most 8", id="nine images"
        ),
    ],
)
def test_flags_that_cannot_be_meant(given: dict[str, Any], names: str) -> None:
    with pytest.raises(Failure, match=names) as failure:
        asked(**flags(**given))
    assert failure.value.code is Exit.UNUSABLE


@pytest.mark.parametrize(
    ("given", "changes"),
    [
        ({}, {}),
        ({"floors": "0,1"}, {"floors": {"withoutEgress": 0, "withEgress": 1}}),
        ({"separation": "OnePersonTwoChannels"}, {"separation": "OnePersonTwoChannels"}),
        ({"launchers": [LAUNCHER, LAUNCHER]}, {"launcherImages": [LAUNCHER]}),
    ],
    ids=["no flag", "floors", "separation", "launcher, named twice"],
)
def test_an_existing_ledger_is_changed_only_where_a_flag_says_so(given: Any, changes: Any) -> None:
    assert asked(**flags(**given)).changes() == changes


def test_the_longest_namespace_has_a_sandbox_name() -> None:
    zones = asked(**flags(namespace="a" * 63)).zones
    assert len(zones.sandbox) == 63 and zones.sandbox.endswith("-sandbox")
