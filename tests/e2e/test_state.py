"""The water tracker on a real node: what a person drank outlives the gateway, a new revision, and nothing else."""

from __future__ import annotations

import json
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from tests.demo import callers
from tests.demo.install import agent_token

from .conftest import Agent
from .stage import Stage
from .tools import example, policy

pytestmark = pytest.mark.node
NAME = "water-tracker"
SLOWER = "def run(ctx, /, millilitres: int, goal: int = 2000) -> dict:\n    total = ctx.state.get('total', 0) + millilitres\n    ctx.state['total'] = total\n    return {'total': total, 'left': max(0, goal - total)}\n"
"""The same tool in other words: a new revision."""


def tracker(**spec: Any) -> dict[str, Any]:
    """The example of the manifests, but its examples are called after promotion, too: with states of their own."""
    body = example(NAME, policyRef={"name": "one-channel"}, **spec)
    for trial in body["spec"]["examples"]:
        trial["liveCheck"] = "Once"
    return body


@pytest.fixture(scope="module")
def water(stage: Stage) -> Iterator[Stage]:
    """The tool, served; a policy that asks for one channel, as there is one here."""
    one = policy("one-channel", approvals={"low": 1, "medium": 1, "high": 1})
    stage.cluster.run("apply", "-n", stage.cluster.zone, "-f", "-", text=json.dumps(one))
    stage.serve(tracker())
    yield stage
    stage.delete(NAME)


def drink(url: str, token: str, millilitres: int) -> dict[str, Any]:
    return callers.call(url, token, "track_water", millilitres=millilitres)


def remembered(stage: Stage, url: str, token: str) -> dict[str, Any]:
    """What `cupel state export` prints."""
    command = ["state", "export", NAME, "-n", stage.cluster.zone, "--gateway", url, "--token", token]
    done = stage.cluster.cupel(*command, check=False)
    return dict(json.loads(done.stdout)["state"]) if done.returncode == 0 else {}


def backed_up(stage: Stage, folder: Path) -> Path:
    """A backup of the store, taken as docs/store.md says."""
    inside = ["cupel", "store", "backup", "sqlite:////data/store.db", "-"]
    command = [stage.cluster.kubectl, "-n", "cupel-system", "exec", "deploy/cupel-gateway", "--", *inside]
    done = subprocess.run(command, check=True, capture_output=True, env=stage.cluster.environment())
    path = folder / "store.backup"
    path.write_bytes(done.stdout)
    return path


def totals(path: Path) -> list[int]:
    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute("SELECT state FROM tool_state WHERE tool = ?", (NAME,)).fetchall()
    return [json.loads(state)["total"] for (state,) in rows]


def test_what_was_drunk_outlives_the_gateway_and_a_revision(
    water: Stage, agent: Agent, tmp_path: Path
) -> None:
    water.wait("the gateway to list it", lambda: "track_water" in agent.listed(), 20)
    assert remembered(water, agent.url, agent.token) == {}, "the live check left something"
    assert drink(agent.url, agent.token, 250) == {"total": 250, "left": 1750}

    water.cluster.run("-n", "cupel-system", "rollout", "restart", "deployment/cupel-gateway")
    water.cluster.run("-n", "cupel-system", "rollout", "status", "deployment/cupel-gateway", "--timeout=180s")
    token = agent_token(water.cluster)
    with water.cluster.gateway() as url:
        assert drink(url, token, 250) == {"total": 500, "left": 1500}

        before = water.digest(NAME)
        water.serve(tracker(source={"type": "Inline", "inline": {"code": SLOWER}}))
        assert water.digest(NAME) != before
        assert drink(url, token, 500) == {"total": 1000, "left": 1000}
        assert remembered(water, url, token) == {"total": 1000}
        assert totals(backed_up(water, tmp_path)) == [1000]

        command = [
            "state",
            "delete",
            NAME,
            "-n",
            water.cluster.zone,
            "--gateway",
            url,
            "--token",
            token,
            "--yes",
        ]
        assert water.cluster.cupel(*command).stdout == "deleted the state of 1 tenants\n"
        assert drink(url, token, 100) == {"total": 100, "left": 1900}
