"""Each of our identities stolen, with every other right there is, against one digest nobody approved: it is not started, not listed, not let out."""

from __future__ import annotations

import asyncio
from itertools import product
from typing import Any

import pytest

from cupel.gateway.catalogue import Catalogue
from cupel.kube.parsed import Store

from .attempts import DRY, WALL, Ask, in_group, patch, raw
from .objects import (  # fmt: skip
    at,
    changed,
    code,
    desired_deployment,
    digest,
    digest_of,
    obj,
    review,
    revision,
    serving_pod,
    tool,
    trial_pod,
)
from .server import (
    AUTHOR,
    AUTOPILOT,
    CODES,
    EGRESS,
    GATEWAY,
    JANITOR,
    JSON_PATCH,
    OPERATOR,
    PATHS,
    PULLS,
    SANDBOX,
    SERVING,
    Body,
    eventually,
)
from .zone import LEDGER, Zone

pytestmark = pytest.mark.apiserver
IDENTITIES = {
    "operator": OPERATOR, "gateway": GATEWAY, "janitor": JANITOR, "egress proxy": EGRESS, "autopilot": AUTOPILOT,
    "author": AUTHOR,
    "pull-request service": PULLS,
    "code service": CODES,
}  # fmt: skip
"""The code service last: what it vouches for is then there, and saying it again would be no change."""
GOOD = digest("approved by people")
TOOL = PATHS["GeneratedTool"].format(SERVING) + "/target"
REVISIONS = PATHS["ToolRevision"].format(SERVING)
MOMENT = "2026-11-26T12:00:00Z"
RUNS = PATHS["Pod"].format(SERVING) + "/runs"
FORGED = f"target-{GOOD[7:17]}"
CONTROLLER = "system:serviceaccount:kube-system:replicaset-controller"
TARGET: dict[str, str] = {}
"""Digest and revision of the tool that nobody approved."""


@pytest.fixture(scope="module", autouse=True)
def target(zone: Zone) -> None:
    """A tool and its revision, an approved digest beside it, and a Pod of that which runs."""
    zone.decide(GOOD, review("bob"), "bob").allowed()
    zone.decide(GOOD, code("carol"), CODES + "-any").allowed()
    pod = serving_pod(GOOD)
    pod["metadata"]["name"] = "runs"
    eventually(lambda: zone.server.create(pod, OPERATOR), allowed=True).allowed()
    stored = zone.server.create(tool("target"), "alice").allowed().body
    body = revision(stored)
    eventually(lambda: zone.server.create(body, OPERATOR), allowed=True).allowed()
    TARGET.update(digest=digest_of(stored), revision=body["metadata"]["name"])


def condition(kind: str) -> Body:
    return {"type": kind, "status": "True", "reason": "Forged", "lastTransitionTime": MOMENT}


GATES = [condition(kind) for kind in ("Analyzed", "Validated", "Approved", "Available", "Verified", "Ready")]


def serves(zone: Zone, user: str) -> Any:
    serving = {
        "revision": TARGET["revision"],
        "digest": TARGET["digest"],
        "since": MOMENT,
        "readyReplicas": 1,
    }
    return zone.server.patch(f"{TOOL}/status", {"status": {"conditions": GATES, "serving": serving}}, user)


def approved_by_status(zone: Zone, user: str) -> Any:
    window = {
        "verdict": "Approved",
        "needed": 2,
        "given": 2,
        "attempt": 0,
        "askedAt": MOMENT,
        "deadline": MOMENT,
    }
    status = {"conditions": GATES, "approval": window}
    return zone.server.patch(f"{REVISIONS}/{TARGET['revision']}/status", {"status": status}, user)


def start(pod: Body, user: str, zone: Zone) -> Any:
    return zone.server.create(pod, user, dry=True)


def deploy(zone: Zone, user: str) -> Any:
    body = desired_deployment(TARGET["digest"])
    body["metadata"] |= {"namespace": SERVING, "name": "target"}
    return zone.server.create(body, user)


def other_code(zone: Zone, user: str) -> Any:
    """A revision that claims the approved digest over code nobody saw."""
    body = zone.server.get(f"{REVISIONS}/{TARGET['revision']}")
    spec = body["spec"] | {"digest": GOOD}
    made = {key: body[key] for key in ("apiVersion", "kind")} | {
        "spec": spec,
        "metadata": {"name": FORGED, "namespace": SERVING},
    }
    return zone.server.create(made, user)


def smuggled(zone: Zone, user: str) -> Any:
    """A revision that asks for more egress than its bundle says."""
    body = zone.server.get(f"{REVISIONS}/{TARGET['revision']}")
    made = {key: body[key] for key in ("apiVersion", "kind")} | {
        "metadata": {"name": TARGET["revision"], "namespace": SERVING}
    }
    return zone.server.create(made | {"spec": body["spec"] | {"egress": ["evil.test:443"]}}, user, dry=True)


def labelled(**labels: str) -> Ask:
    return patch(RUNS, {"metadata": {"labels": {f"cupel.dev/{key}": value for key, value in labels.items()}}})


def wall(name: str, spec: Body) -> Ask:
    return lambda z, u: z.server.create(obj("NetworkPolicy", name, spec), u, dry=True)


EVERYWHERE: Body = {"podSelector": {}, "policyTypes": ["Egress"], "egress": [{}]}
PROXY = {
    "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "cupel-system"}},
    "podSelector": {"matchLabels": {"app.kubernetes.io/component": "egress"}},
}
TO_PROXY: Body = {
    "podSelector": {"matchLabels": {"cupel.dev/egress": "true"}},
    "policyTypes": ["Egress"],
    "egress": [{"to": [PROXY]}],
}
ATTEMPTS: dict[str, Ask] = {
    # start it
    "starts its Pod": lambda z, u: start(serving_pod(TARGET["digest"]), u, z),
    "starts its Pod as a replica set would": lambda z, u: start(serving_pod(TARGET["digest"], at("metadata", "ownerReferences", value=[{"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "x", "uid": "1", "controller": True}])), u, z),
    "starts its Pod in the name of an approved digest": lambda z, u: start(serving_pod(GOOD, at("spec", "containers", 0, "args", 4, value=TARGET["digest"][7:])), u, z),
    "starts its Pod as a canary": lambda z, u: z.server.create(serving_pod(TARGET["digest"], at("metadata", "labels", "cupel.dev/canary", value="x")), u),
    "starts its code in an approved Pod's place": lambda z, u: start(serving_pod(GOOD, at("spec", "volumes", 0, "configMap", "name", value="bundle-" + TARGET["digest"][7:47])), u, z),
    "runs another image in a running Pod": raw("PATCH", RUNS + DRY, [{"op": "replace", "path": "/spec/containers/0/image", "value": "x"}], JSON_PATCH),
    "makes its Deployment": deploy,
    "starts its trial": lambda z, u: start(trial_pod(TARGET["digest"]), u, z),
    "starts it in a Job": in_group("batch", "jobs", {"kind": "Job", "spec": {"template": {"spec": {"restartPolicy": "Never", "containers": [{"name": "x", "image": "x"}]}}}}, SERVING),
    # say yes to it
    "approves": lambda z, u: z.decide(TARGET["digest"], review(u.removesuffix("-any")), u),
    "approves for bob": lambda z, u: z.decide(TARGET["digest"], review("bob"), u),
    "vouches for carol's code": lambda z, u: z.decide(TARGET["digest"], code("carol"), u),
    "vouches for alice, who asked": lambda z, u: z.decide(TARGET["digest"], code("alice"), u),
    "approves on both channels": lambda z, u: z.decide(TARGET["digest"], review("bob") | code("carol"), u),
    "moves an approval over": lambda z, u: z.server.patch(LEDGER, {"spec": {"decisions": {GOOD: None, TARGET["digest"]: review("bob")}}}, u),
    "lowers the floors": lambda z, u: z.server.patch(LEDGER, {"spec": {"floors": {"withoutEgress": 0, "withEgress": 0}}}, u),
    "takes the ledger away": raw("DELETE", LEDGER + DRY),
    # have it listed
    "writes that it serves": serves,
    "writes that it was approved": approved_by_status,
    "makes a revision of its code that claims an approved digest": other_code,
    "calls a running Pod by its digest": labelled(digest="0" * 40),
    "gives a running Pod's calls to another address": patch(f"{RUNS}/status{DRY}", {"status": {"podIP": "6.6.6.6"}}),
    # let it out
    "lets an approved Pod out": labelled(egress="true"),
    "starts an approved Pod with the way out": lambda z, u: start(serving_pod(GOOD, egress=True), u, z),
    "makes a revision with more egress than its bundle": smuggled,
    "adds egress to an approval": lambda z, u: z.decide(GOOD, {"egress": ["evil.test:443"]}, u),
    "opens the wall for all": wall("out", EVERYWHERE),
    "opens the wall of the sandbox": lambda z, u: z.server.create(obj("NetworkPolicy", "out", EVERYWHERE, SANDBOX), u, dry=True),
    "opens the way to the egress proxy": wall("out", TO_PROXY),
    "takes the wall away": raw("DELETE", WALL + DRY),
}  # fmt: skip
MAY: dict[tuple[str, str], str] = {
    ("operator", "makes its Deployment"): "no Pod comes of it: see below",
    ("operator", "starts its trial"): "in the sandbox, once, five minutes, in gVisor, without a network: what the operator is for",
    ("operator", "writes that it serves"): "its status; the gateway asks the ledger: see below",
    ("operator", "writes that it was approved"): "its status; admission and gateway ask the ledger: see below",
    ("operator", "makes a revision of its code that claims an approved digest"): "the gateway hashes it: see below",
    ("operator", "opens the way to the egress proxy"): "the proxy asks the ledger which digest may go where",
    ("code service", "vouches for carol's code"): "one channel of two; where the floor is one, it is enough: see below",
}  # fmt: skip
"""All that they may, and why that is not enough."""


@pytest.mark.parametrize(
    ("who", "what"), list(product(IDENTITIES, ATTEMPTS)), ids=lambda word: word.replace(" ", "-")
)
def test_a_stolen(who: str, what: str, zone: Zone) -> None:
    answer = ATTEMPTS[what](zone, IDENTITIES[who] + "-any")
    if (who, what) in MAY:
        answer.allowed()
    else:
        answer.refused("ValidatingAdmissionPolicy", "must equal `bundle.permissions.egress`")


class TestForAllThat:
    """What the rows above stored is still there: forged status, forged revision, the one channel vouched for."""

    def test_what_was_stored_is_there(self, zone: Zone) -> None:
        """So that the next two do not pass on an empty stage."""
        assert zone.server.get(TOOL)["status"]["serving"]["digest"] == TARGET["digest"]
        assert zone.ledger["spec"]["decisions"][TARGET["digest"]]["code"]["by"] == "carol"
        zone.server.get(f"{REVISIONS}/{FORGED}")
        zone.server.get(PATHS["Deployment"].format(SERVING) + "/target")

    @pytest.mark.parametrize("user", [CONTROLLER, OPERATOR, OPERATOR + "-any", ""], ids=["replica set controller", "operator", "operator with every right", "cluster-admin"])  # fmt: skip
    def test_nobody_starts_it(self, zone: Zone, user: str) -> None:
        template = zone.server.get(PATHS["Deployment"].format(SERVING) + "/target")["spec"]["template"]
        pod = changed(
            obj("Pod", "x", template["spec"]), at("metadata", "labels", value=template["metadata"]["labels"])
        )
        zone.soon(user, pod, allowed=False, fragment="is approved on 1 of 2 channels")

    async def test_the_gateway_does_not_list_it(self, zone: Zone) -> None:
        assert await listed(zone) == set()

    async def test_where_the_floor_is_one_a_stolen_code_service_is_enough(self, zone: Zone) -> None:
        """docs/admission.md says so: floors of 2 are what holds against it."""
        zone.settings(floors={"withoutEgress": 1, "withEgress": 2})
        zone.soon(CONTROLLER, serving_pod(TARGET["digest"]), allowed=True)
        assert await listed(zone) == {"target"}
        zone.settings(floors={"withoutEgress": 2, "withEgress": 2})
        zone.soon(CONTROLLER, serving_pod(TARGET["digest"]), allowed=False)

    async def test_two_people_start_and_list_it(self, zone: Zone) -> None:
        """The same Pod, the same catalogue: what was missing all along is a person."""
        zone.decide(TARGET["digest"], review("bob"), "bob").allowed()
        zone.soon(CONTROLLER, serving_pod(TARGET["digest"]), allowed=True)
        assert await listed(zone) == {"target"}


async def listed(zone: Zone) -> set[str]:
    """The tools of the zone that a gateway, given all that the API server has, would list."""
    catalogue = Catalogue()
    stores: dict[str, Store[Any]] = {
        PATHS["Namespace"]: catalogue.zones,
        PATHS["GeneratedTool"].format(SERVING): catalogue.tools,
        REVISIONS: catalogue.revisions,
        PATHS["ApprovalLedger"].format(SERVING): catalogue.ledgers,
        PATHS["ToolPolicy"].format(SERVING): catalogue.policies,
        PATHS["Pod"].format(SERVING): catalogue.pods,
    }
    for path, store in stores.items():
        store.replace(zone.server.get(path)["items"])
    await asyncio.sleep(0)
    assert not catalogue.waiting_for()
    return set(catalogue.entries.get(SERVING, {}))
