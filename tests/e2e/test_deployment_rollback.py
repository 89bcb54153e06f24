"""A plain Deployment on a real node: a revision that fails calls is rolled back, and the one before serves."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from tests.demo.cluster import Cluster

from . import shop
from .stage import Stage

pytestmark = pytest.mark.node
Body = dict[str, Any]


@pytest.fixture
def cluster(stage: Stage) -> Iterator[Cluster]:
    shop.opened(stage.cluster)
    yield stage.cluster
    stage.cluster.run("delete", "namespace", shop.NAMESPACE, "--wait=false")


def found(cluster: Cluster, kind: str) -> Body:
    done = cluster.run("get", kind, shop.NAME, "-n", shop.NAMESPACE, "-o", "json")
    body: Body = json.loads(done.stdout)
    return body


def revisions(cluster: Cluster) -> list[Body]:
    return list(found(cluster, "apol").get("status", {}).get("revisions", []))


def template(cluster: Cluster) -> Body:
    body: Body = found(cluster, "deployment")["spec"]["template"]
    return body


def test_a_revision_that_fails_calls_is_rolled_back_and_the_one_before_serves(cluster: Cluster) -> None:
    def good() -> bool:
        return any("goodAt" in one for one in revisions(cluster))

    cluster.wait("the first revision to be known to be good", good, 100)
    before = template(cluster)

    cluster.run("set", "env", f"deployment/{shop.NAME}", "FAILING=0.3", "-n", shop.NAMESPACE)
    assert template(cluster) != before
    cluster.wait("the first one's template", lambda: template(cluster) == before, 60)
    cluster.wait("it to serve", lambda: "leftAt" in revisions(cluster)[1], 60)
    cluster.run("rollout", "status", f"deployment/{shop.NAME}", "-n", shop.NAMESPACE, "--timeout=60s")

    assert shop.calls(cluster)[1] > 0, "nobody saw the worse one"
    cluster.wait("it to serve as it did before", lambda: shop.all_answered(cluster, 100), 60)
    status = found(cluster, "apol")["status"]
    rollback = next(one for one in status["history"] if one["action"] == "Rollback")
    assert (rollback["reason"], rollback["authority"]) == ("RevisionWorse", "Act")
    assert "% of calls failed" in rollback["message"]
    described = cluster.run("describe", "apol", shop.NAME, "-n", shop.NAMESPACE).stdout
    assert rollback["message"] in described
    assert "Condemned At" in described
