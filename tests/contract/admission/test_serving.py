"""Serving Pods: one approved digest passes, in one shape; everything else is refused, by the policy that should."""

from __future__ import annotations

import pytest

from cupel.api.serving import Serving

from .objects import (
    IMAGE,
    Change,
    at,
    both,
    code,
    desired_deployment,
    digest,
    obj,
    review,
    serving_pod,
)  # fmt: skip
from .server import CODES, OPERATOR, SERVING, Body
from .serving_changes import ARGS, BEFORE_ANY_POLICY, GOOD, SHAPE, C
from .zone import LEDGER, Zone

pytestmark = pytest.mark.apiserver
BOTH = pytest.mark.parametrize("operator", [OPERATOR, OPERATOR + "-any"], ids=["rbac", "any"])
WITH_EGRESS = digest("good with egress")
EGRESS = ["api.test:443"]
VOUCH = CODES + "-any"


@pytest.fixture(scope="module", autouse=True)
def approved(zone: Zone) -> None:
    entries: list[tuple[str, Body]] = [(GOOD, {}), (WITH_EGRESS, {"egress": EGRESS})]
    for key, entry in entries:
        zone.decide(key, review("bob", **entry), "bob").allowed()
        zone.decide(key, code("carol", **entry), VOUCH).allowed()
    zone.soon(OPERATOR, serving_pod(WITH_EGRESS, egress=True), allowed=True)


class TestGood:
    @BOTH
    def test_what_the_operator_makes_passes(self, zone: Zone, operator: str) -> None:
        zone.soon(operator, serving_pod(GOOD), allowed=True)
        zone.soon(operator, serving_pod(WITH_EGRESS, egress=True), allowed=True)

    @pytest.mark.parametrize(
        "serving",
        [
            Serving(),
            Serving(memory_mebibytes=512, cpu_millicores=2000),
            Serving(memory_mebibytes=32, cpu_millicores=50),
        ],
        ids=["default", "largest", "smallest"],
    )
    def test_with_any_serving_settings(self, zone: Zone, serving: Serving) -> None:
        template = desired_deployment(GOOD, "ledger-7", serving=serving)["spec"]["template"]
        pod = obj("Pod", "nudged", template["spec"])
        pod["metadata"] |= template["metadata"]
        zone.soon(OPERATOR, pod, allowed=True)

    def test_as_a_replica_set_makes_it(self, zone: Zone) -> None:
        owner = {"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "x", "uid": "1", "controller": True}
        pod = serving_pod(GOOD, both(at("metadata", "ownerReferences", value=[owner]), at("metadata", "generateName", value="x-"), at("metadata", "labels", "pod-template-hash", value="1")))  # fmt: skip
        del pod["metadata"]["name"]
        zone.server.create(pod, "system:serviceaccount:kube-system:replicaset-controller", dry=True).allowed()

    @BOTH
    def test_its_deployment_passes(self, zone: Zone, operator: str) -> None:
        deployment = desired_deployment(GOOD)
        deployment["metadata"]["namespace"] = SERVING
        zone.server.create(deployment, operator, dry=True).allowed()


SPEAKERS = ("cupel-serving-shape", "cupel-serving-approval")


class TestShape:
    @BOTH
    @pytest.mark.parametrize("change", SHAPE)
    def test_a_change_is_refused(self, zone: Zone, change: str, operator: str) -> None:
        zone.server.create(serving_pod(GOOD, SHAPE[change]), operator, dry=True).refused(*SPEAKERS)

    @pytest.mark.parametrize("change", SHAPE)
    def test_the_shape_alone_refuses_it(self, zone: Zone, change: str) -> None:
        """A canary: unapproved, left to the shape by its label. This is how the operator proves the policy."""
        pod = serving_pod(digest("canary"), at("metadata", "labels", "cupel.dev/canary", value="shape"))
        SHAPE[change](pod)
        if change in ("no labels", "a digest in upper case") or "args" in change:
            zone.server.create(pod, OPERATOR, dry=True).refused(*SPEAKERS)
        else:
            zone.server.create(pod, OPERATOR, dry=True).refused("cupel-serving-shape")

    @BOTH
    @pytest.mark.parametrize("change", BEFORE_ANY_POLICY)
    def test_what_the_api_server_knows_is_wrong(self, zone: Zone, change: str, operator: str) -> None:
        zone.server.create(serving_pod(GOOD, BEFORE_ANY_POLICY[change]), operator, dry=True).refused()


CANARY = at("metadata", "labels", "cupel.dev/canary", value="shape")


class TestCanary:
    @BOTH
    def test_an_unapproved_one_of_good_shape_passes_a_dry_run(self, zone: Zone, operator: str) -> None:
        zone.server.create(serving_pod(digest("canary"), CANARY), operator, dry=True).allowed()

    @BOTH
    @pytest.mark.parametrize("key", [digest("canary"), GOOD], ids=["unapproved", "approved"])
    def test_it_is_never_stored(self, zone: Zone, key: str, operator: str) -> None:
        zone.server.create(serving_pod(key, CANARY), operator).refused(*SPEAKERS)

    @BOTH
    def test_without_the_label_approval_refuses(self, zone: Zone, operator: str) -> None:
        zone.server.create(serving_pod(digest("canary")), operator, dry=True).refused(
            "cupel-serving-approval"
        )

    def test_nor_by_anybody_else(self, zone: Zone) -> None:
        zone.server.create(serving_pod(GOOD, CANARY), "erin-any").refused(*SPEAKERS)


class TestApproval:
    @BOTH
    @pytest.mark.parametrize(
        ("change", "says"),
        [
            (at(*C, "image", value="python:3.11"), "not a launcher"),
            (at(*C, "image", value=IMAGE[:-1] + "2"), "not a launcher"),
            (at(*C, "args", value=[*ARGS, digest("z")[7:]]), "0 of 2"),
            (at("metadata", "labels", "cupel.dev/egress", value="true"), "does not cover egress"),
        ],
        ids=[
            "another image",
            "another digest of the image",
            "another digest in args",
            "the egress label without approval",
        ],
    )
    def test_refused(self, zone: Zone, change: Change, says: str, operator: str) -> None:
        zone.server.create(serving_pod(GOOD, change), operator, dry=True).refused(says, "cupel-serving-shape")

    def test_channels_are_counted(self, zone: Zone) -> None:
        key = digest("counted")
        zone.soon(OPERATOR, serving_pod(key), allowed=False, fragment="0 of 2")
        zone.decide(key, review("bob"), "bob").allowed()
        zone.soon(OPERATOR, serving_pod(key), allowed=False, fragment="1 of 2")
        zone.decide(key, code("carol"), VOUCH).allowed()
        zone.soon(OPERATOR, serving_pod(key), allowed=True)
        zone.soon(OPERATOR, serving_pod(key, egress=True), allowed=False, fragment="does not cover egress")
        zone.decide(key, {"code": None}, "ruth").allowed()
        zone.soon(OPERATOR, serving_pod(key), allowed=False, fragment="1 of 2")

    def test_floors_are_the_ledgers(self, zone: Zone) -> None:
        key = digest("floors")
        zone.decide(key, review("bob"), "bob").allowed()
        zone.settings(floors={"withoutEgress": 1, "withEgress": 2})
        zone.soon(OPERATOR, serving_pod(key), allowed=True)
        zone.soon(OPERATOR, serving_pod(key, egress=True), allowed=False, fragment="1 of 2")
        zone.settings(floors={"withoutEgress": 1, "withEgress": 1})
        zone.soon(OPERATOR, serving_pod(key, egress=True), allowed=False, fragment="does not cover egress")
        zone.settings(floors={"withoutEgress": 0, "withEgress": 1})
        zone.soon(OPERATOR, serving_pod(digest("undecided")), allowed=True)
        zone.soon(OPERATOR, serving_pod(digest("undecided"), egress=True), allowed=False, fragment="0 of 1")
        zone.settings(floors={"withoutEgress": 0, "withEgress": 0})
        zone.soon(OPERATOR, serving_pod(digest("undecided"), egress=True), allowed=True)
        zone.settings(floors={"withoutEgress": 2, "withEgress": 2})
        zone.soon(OPERATOR, serving_pod(key), allowed=False, fragment="1 of 2")

    def test_a_condemned_digest_never_starts(self, zone: Zone) -> None:
        zone.condemn(GOOD, "errors", OPERATOR).allowed()
        zone.soon(OPERATOR, serving_pod(GOOD), allowed=False, fragment="condemned")
        zone.condemn(GOOD, None, "zoe").allowed()
        zone.soon(OPERATOR, serving_pod(GOOD), allowed=True)

    def test_a_rejection_by_one_channel_is_enough(self, zone: Zone) -> None:
        zone.settings(floors={"withoutEgress": 0, "withEgress": 0})
        for key, entry, user in (
            ("no", review("carol", "Reject"), "carol"),
            ("nope", code("carol", "Reject"), VOUCH),
        ):
            zone.soon(OPERATOR, serving_pod(digest(key)), allowed=True)
            zone.decide(digest(key), entry, user).allowed()
            zone.soon(OPERATOR, serving_pod(digest(key)), allowed=False, fragment="rejected")
        zone.settings(floors={"withoutEgress": 2, "withEgress": 2})

    def test_separation(self, zone: Zone) -> None:
        key = digest("solo")
        zone.settings(separation="OnePersonTwoChannels")
        zone.decide(key, review("bob"), "bob").allowed()
        zone.decide(key, code("bob"), VOUCH).allowed()
        zone.soon(OPERATOR, serving_pod(key), allowed=True)
        zone.settings(separation="TwoPeople")
        zone.soon(OPERATOR, serving_pod(key), allowed=False, fragment="two different")

    def test_without_a_ledger_nothing_starts(self, zone: Zone) -> None:
        before = zone.ledger
        zone.server.delete(LEDGER, "zoe").allowed()
        zone.soon(OPERATOR, serving_pod(GOOD), allowed=False, fragment="param")
        kept = {k: before["spec"][k] for k in ("floors", "separation", "launcherImages")}
        full = obj("ApprovalLedger", "ledger", kept | {"decisions": before["spec"]["decisions"]})
        zone.server.create(full, "zoe").refused("made empty")
        zone.server.create(obj("ApprovalLedger", "ledger", kept), "zoe").allowed()
        zone.soon(OPERATOR, serving_pod(GOOD), allowed=False, fragment="0 of 2")
