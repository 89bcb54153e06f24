"""A Deployment whose new revision fails is rolled back by its own ReplicaSets, under the autopilot's own identity."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from tests.contract.autopilot.rollouts import App, Rollouts
from tests.contract.autopilot.stage import Stage
from tests.contract.crds.apiserver import Server, until

from cupel.decide.deployment_history import undo

pytestmark = pytest.mark.apiserver
GOOD, BAD = "good:1", "bad:2"
JSON_PATCH = "application/json-patch+json"


@pytest.fixture
def app() -> Iterator[App]:
    found = App()
    yield found
    found.close()


@pytest.fixture
def web(stage: Stage, app: App) -> Iterator[Rollouts]:
    """A Deployment that serves well, flown by a policy that may roll it back; its load is known and steady."""
    stage.load("web", 5.0)
    found = Rollouts(stage.server, stage.namespace, "web", app)
    found.deploy(GOOD)
    until(lambda: len(found.replicasets()) == 1, 30, "the first revision is there")
    yield found
    found.close()


def fly(stage: Stage, app: App, **spec: Any) -> None:
    counters = {
        "port": app.port,
        "calls": {"metric": "calls_total"},
        "failed": {"metric": "calls_total", "where": [{"label": "code", "values": ["5*"]}]},
    }
    stage.fly("web", rollback={"enabled": True, "counters": counters}, **spec)


def revisions(stage: Stage) -> list[dict[str, Any]]:
    return list(stage.status("web").get("revisions", ()))


def good(stage: Stage) -> bool:
    """What serves is known to be good."""
    return bool(revisions(stage)) and "goodAt" in revisions(stage)[0]


def evidence(stage: Stage) -> tuple[str, str]:
    found = stage.status("web").get("evidence", {})
    return found.get("reason", ""), found.get("message", "")


def events(stage: Stage, reason: str) -> list[str]:
    path = f"/apis/events.k8s.io/v1/namespaces/{stage.namespace}/events"
    found = stage.server.call("GET", path).good()["items"]
    return [one.get("note", "") for one in found if one.get("reason") == reason]


def rollbacks(stage: Stage) -> list[dict[str, Any]]:
    return [one for one in stage.status("web").get("history", ()) if one["action"] == "Rollback"]


def test_a_revision_that_fails_is_left_for_the_one_before_and_not_taken_away_again(
    stage: Stage, web: Rollouts, app: App
) -> None:
    """The autopilot that knows the first revision is killed; another one finds the second worse than it."""
    stage.opt_in("rollback")
    fly(stage, app)
    first = stage.start()
    until(lambda: good(stage), 120, "the first revision is known to be good")
    first.kill()
    before = web.deployment["spec"]["template"]
    web.deploy(BAD)
    second = stage.start()
    until(lambda: web.image == GOOD, 120, "the first one's template is back")
    until(lambda: "leftAt" in revisions(stage)[1], 60, "and it serves")

    assert web.deployment["spec"]["template"] == before
    done = rollbacks(stage)
    assert [(one["authority"], one["reason"]) for one in done] == [("Act", "RevisionWorse")]
    assert re.match(
        r"[23]\d\S* % of calls failed in the last .*, 0 % before; .*; back to revision 1 ", done[0]["message"]
    )
    assert [("condemnedAt" in one, "goodAt" in one) for one in revisions(stage)] == [
        (False, True),
        (True, False),
    ]
    assert done[0]["left"] == revisions(stage)[1]["templateHash"]
    assert (
        second.figure(
            f'cupel_autopilot_rollbacks_total{{authority="Act",namespace="{stage.namespace}",policy="web"}}'
        )
        == 1.0
    )
    assert any("% of calls failed" in note for note in events(stage, "RevisionWorse"))
    until(lambda: rollbacks(stage)[0]["outcome"] == "Right", 90, "it proves right")
    brought_back(stage, web)
    assert second.figure("cupel_autopilot_failures_total") == 0


def brought_back(stage: Stage, web: Rollouts) -> None:
    """Somebody writes what was left once more: it stays, and that is said."""
    web.deploy(BAD)
    until(lambda: evidence(stage)[0] == "AlreadyCondemned", 120, "it is as bad as before")
    until(lambda: events(stage, "BroughtBack"), 30, "it is told that it was brought back")

    assert web.image == BAD, "whoever brought it back knows what they do"
    assert len(rollbacks(stage)) == 1


def test_where_the_namespace_did_not_opt_in_it_says_what_it_would_do_and_does_it_once_it_may(
    stage: Stage, web: Rollouts, app: App
) -> None:
    fly(stage, app)
    stage.start()
    until(lambda: good(stage), 120, "the first revision is known to be good")
    web.deploy(BAD)
    until(lambda: rollbacks(stage), 120, "it would be rolled back")

    assert stage.condition("web", "Acting") == ("False", "NotOptedIn")
    message = next(one for one in stage.status("web")["conditions"] if one["type"] == "Acting")["message"]
    assert "kubectl create rolebinding cupel-autopilot-rollback" in message
    assert web.image == BAD
    assert [one["authority"] for one in rollbacks(stage)] == ["Recommend"]
    assert not any("condemnedAt" in one for one in revisions(stage))

    stage.opt_in("rollback")
    until(lambda: web.image == GOOD, 120, "the first one's template is back")
    assert rollbacks(stage)[0]["authority"] == "Act"


def test_recommend_only_says_it(stage: Stage, web: Rollouts, app: App) -> None:
    stage.opt_in("rollback")
    fly(stage, app, authority="Recommend")
    stage.start()
    until(lambda: good(stage), 120, "the first revision is known to be good")
    web.deploy(BAD)
    until(lambda: rollbacks(stage), 120, "it would be rolled back")
    last = stage.status("web")["believed"]["at"]
    until(lambda: stage.status("web")["believed"]["at"] > last, 60, "it goes on looking")

    assert web.image == BAD
    assert any(note.startswith("would be done:") for note in events(stage, "RevisionWorse"))


def test_a_deployment_that_somebody_changed_meanwhile_is_not_overwritten(
    web: Rollouts, server: Server, stage: Stage
) -> None:
    """The API server's own answer to the patch: a conflict, and nothing is stored."""
    seen = web.deployment
    web.deploy("other:3")
    path = f"/apis/apps/v1/namespaces/{stage.namespace}/deployments/web"
    patch = undo(seen["spec"]["template"], seen["metadata"]["resourceVersion"])

    assert server.call("PATCH", path, patch, JSON_PATCH).code == 409
    assert web.image == "other:3"
