"""The closed shape: every field the API server knows about a Pod, set or taken away in turn on a good Pod, serving and trial.

Refused, or on a list of reviewed fields with the reason.
"""

from __future__ import annotations

import copy
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

import pytest

from .objects import digest, serving_pod, trial_pod
from .pod_fields import Field, Schemas
from .server import OPERATOR, Answer, Body, Server
from .zone import Zone

pytestmark = pytest.mark.apiserver
GOOD = digest("shape")
TIMING = "when the kubelet asks; what it asks is fixed"
SET: dict[str, dict[str, str]] = {
    "serving": {
        "PodSpec.terminationGracePeriodSeconds": "at most 60: how long a Pod may take to stop",
        "ResourceRequirements.requests": "cpu, memory and ephemeral-storage only; bounded by the limits",
        "Probe.initialDelaySeconds": TIMING,
        "Probe.timeoutSeconds": TIMING,
        "Probe.periodSeconds": TIMING,
        "Probe.successThreshold": TIMING,
        "Probe.failureThreshold": TIMING,
        "ObjectMeta.name": "ReplicaSets name their Pods",
        "ObjectMeta.generateName": "ReplicaSets name their Pods",
    },
    "trial": {
        "PodSpec.activeDeadlineSeconds": "at most 300: how long a trial may take",
        "PodSpec.terminationGracePeriodSeconds": "at most 60: how long a Pod may take to stop",
        "ResourceRequirements.requests": "cpu, memory and ephemeral-storage only; bounded by the limits",
        "ObjectMeta.name": "every run has its own",
    },
}
"""Fields that may have another value, somewhere in the Pod at least."""
BY_SERVER = "the API server writes it, whatever is sent"
NO_EFFECT = {
    "PodSpec.serviceAccount": "old name of serviceAccountName, which wins",
    "PodSpec.schedulingGroup": "behind a feature gate that is off: dropped before admission; not on the policies' lists",
    "VolumeMount.readOnly": "false, which the scratch mount already is; on the bundle it is refused",
    "ObjectMeta.creationTimestamp": BY_SERVER,
    "ObjectMeta.deletionGracePeriodSeconds": BY_SERVER,
    "ObjectMeta.deletionTimestamp": BY_SERVER,
    "ObjectMeta.generation": BY_SERVER,
    "ObjectMeta.managedFields": BY_SERVER,
    "ObjectMeta.selfLink": BY_SERVER,
    "ObjectMeta.uid": BY_SERVER,
}
"""Fields that may be set, and are not there afterwards."""
ABSENT: dict[str, dict[str, str]] = {
    "serving": {
        "Container.livenessProbe": "a Pod may go without; it is then never restarted for being stuck",
        "Container.readinessProbe": "a Pod may go without; the gateway's own check is then all there is",
        "Probe.periodSeconds": TIMING,
        "Probe.timeoutSeconds": TIMING,
        "ResourceRequirements.requests": "the limits when absent",
    },
    "trial": {
        "PodSpec.terminationGracePeriodSeconds": "30 when absent",
        "ResourceRequirements.requests": "the limits when absent",
    },
}
"""Fields that may be left out, with effect."""
SERVERS_OWN = ("uid", "creationTimestamp", "managedFields", "generation", "resourceVersion", "selfLink")
POLICIES = ("cupel-serving-shape", "cupel-sandbox-pod", "cupel-serving-approval", "cupel-sandbox-image")


@dataclass
class Good:
    """A Pod that passes, as the server completes it, and what became of its changes."""

    server: Server
    kind: str
    sent: Body
    stored: Body
    seen: Counter[str] = field(default_factory=Counter)

    def judge(self, pod: Body) -> str:
        """What becomes of a changed Pod."""
        answer = self.server.create(pod, OPERATOR, dry=True)
        if answer.ok:
            verdict = "no effect" if essence(answer.body) == essence(self.stored) else "passed"
        elif any(policy in answer.text for policy in POLICIES):
            verdict = "refused by the policies"
        else:
            verdict = "refused by the API server itself"
        self.seen[verdict] += 1
        return verdict


def essence(pod: Body) -> Body:
    """What a Pod is, without what the server writes about it."""
    kept = {key: value for key, value in pod["metadata"].items() if key not in SERVERS_OWN}
    return {"metadata": kept, "spec": pod["spec"]}


def passes(zone: Zone, kind: str, pod: Body) -> Good:
    answer: Answer = zone.soon(OPERATOR, pod, allowed=True)
    whole = essence(answer.body) | {"apiVersion": "v1", "kind": "Pod"}
    assert essence(zone.soon(OPERATOR, whole, allowed=True).body) == essence(answer.body)
    return Good(zone.server, kind, whole, answer.body)


@pytest.fixture(scope="module")
def good(zone: Zone) -> Iterator[dict[str, Good]]:
    """Floors 0, so that nothing but the shape can refuse."""
    zone.settings(floors={"withoutEgress": 0, "withEgress": 0})
    pods: dict[str, Callable[[str], Body]] = {"serving": serving_pod, "trial": trial_pod}
    found = {kind: passes(zone, kind, make(GOOD)) for kind, make in pods.items()}
    yield found
    for kind, one in found.items():
        print(f"\n{kind} Pod: {sum(one.seen.values())} changes, {dict(one.seen)}")


def parent(pod: Body, path: tuple[str | int, ...]) -> Body:
    here: Body = pod
    for part in path:
        here = here[part]  # type: ignore[index]
    return here


def set_field(pod: Body, where: Field, value: object) -> Body:
    """The Pod with this field set. Members of a union replace the one that is there."""
    pod = copy.deepcopy(pod)
    here = parent(pod, where.path)
    if where.schema == "Volume" and where.name != "name":
        name = here["name"]
        here.clear()
        here["name"] = name
    if where.schema == "Probe" and where.name in ("exec", "grpc", "tcpSocket"):
        del here["httpGet"]
    if where.name == "claims":
        pod["spec"]["resourceClaims"] = [{"name": "x", "resourceClaimName": "x"}]
    if where.name == "volumeDevices":
        pod["spec"]["volumes"].append({"name": "x", "persistentVolumeClaim": {"claimName": "x"}})
    here[where.name] = value
    return pod


def judged(one: Good, changes: Iterable[tuple[Field, Body]]) -> dict[str, set[str]]:
    """Fields by what became of changing them; a field that occurs more than once may be in several."""
    found: dict[str, set[str]] = defaultdict(set)
    for where, pod in changes:
        found[one.judge(pod)].add(where.key)
    return found


@pytest.mark.parametrize("kind", ["serving", "trial"])
def test_every_field_set(good: dict[str, Good], kind: str) -> None:
    """One test, many fields: they are the server's to name."""
    one = good[kind]
    schemas = Schemas(one.server)
    fields = list(schemas.fields(one.sent))
    found = judged(one, ((where, set_field(one.sent, where, schemas.value(where))) for where in fields))
    assert found["passed"] == set(SET[kind]), "these fields, and no others, may have another value"
    assert found["no effect"] == set(NO_EFFECT), "these fields, and no others, may be set in vain"
    assert one.seen["refused by the policies"] > 130


@pytest.mark.parametrize("kind", ["serving", "trial"])
def test_every_field_taken_away(good: dict[str, Good], kind: str) -> None:
    """Refused, or put back by the server's defaults, or reviewed."""
    one = good[kind]

    def without(where: Field) -> Body:
        pod = copy.deepcopy(one.sent)
        del parent(pod, where.path)[where.name]
        return pod

    fields = [
        where for where in Schemas(one.server).fields(one.sent) if where.name in parent(one.sent, where.path)
    ]
    found = judged(one, ((where, without(where)) for where in fields))
    assert found["passed"] == set(ABSENT[kind]), "these fields, and no others, may be left out"
