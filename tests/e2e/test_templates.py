"""Every template's tool on a real node: tried in gVisor, one of them approved and called, and one exported as a skill."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cupel.cli.template import manifest
from cupel.templates.catalogue import TEMPLATES, make
from cupel.templates.openapi import draft_of

from .conftest import Agent
from .stage import Stage
from .tools import policy

pytestmark = pytest.mark.node
POLICY = "templates"
PETS = (Path(__file__).parents[1] / "unit" / "templates" / "pets.yaml").read_text(encoding="utf-8")
CALLED = "tpl-date-arithmetic"
NAMES = [*(f"tpl-{name}" for name in TEMPLATES), "tpl-openapi"]


def body(name: str, template: str, parameters: dict[str, Any]) -> dict[str, Any]:
    return manifest(
        make(template, parameters), name, POLICY, {"template": template, "parameters": parameters}
    )


def tools() -> list[dict[str, Any]]:
    """Each template with its example, and one operation of a document."""
    made = [body(f"tpl-{name}", name, template.example) for name, template in TEMPLATES.items()]
    pet = manifest(draft_of(PETS, "showPet"), "tpl-openapi", POLICY, {})
    pet["spec"].pop("origin", None)
    return [*made, pet]


@pytest.fixture(scope="module")
def tried(stage: Stage) -> Iterator[list[str]]:
    """All of them, applied at once."""
    every = tools()
    allowed = {"egress": sorted({e for each in every for e in each["spec"]["permissions"].get("egress", [])})}
    credentials = {"credentials": ["api-key-header", "orders-key"]}
    lenient = policy(
        POLICY,
        permissions=allowed | credentials | {"state": "Allowed"},
        approvals={"low": 1, "medium": 1, "high": 2},
    )
    stage.cluster.run("apply", "-n", stage.cluster.zone, "-f", "-", text=json.dumps(lenient))
    stage.apply(*every)
    names = [each["metadata"]["name"] for each in every]
    yield names
    stage.delete(*names)


@pytest.mark.parametrize("name", NAMES)
def test_a_template_s_tool_passes_the_gates_up_to_a_person(stage: Stage, tried: list[str], name: str) -> None:
    assert name in tried
    stage.until(name, "AwaitingApproval", seconds=240)


def test_one_of_them_is_approved_and_called(stage: Stage, tried: list[str], agent: Agent) -> None:
    stage.until(CALLED, "AwaitingApproval", seconds=240)
    stage.decide(CALLED)
    stage.until(CALLED, "Serving", seconds=180)
    stage.wait("the gateway to list it", lambda: CALLED in agent.listed(), 30)
    told = agent.call(CALLED, start="2026-01-01", end="2026-03-31")
    assert told == {"days": 89, "weeks": 12, "years": 0, "months": 2, "rest_days": 30}


def test_a_tool_is_exported_as_a_skill(stage: Stage, tried: list[str], tmp_path: Path) -> None:
    stage.cluster.cupel("skill", "export", CALLED, "-n", stage.cluster.zone, "-o", str(tmp_path))
    text = (tmp_path / CALLED / "SKILL.md").read_text(encoding="utf-8")
    assert text.startswith(f"---\nname: {CALLED}\n")
    assert (tmp_path / CALLED / "references" / "schemas.md").exists()
