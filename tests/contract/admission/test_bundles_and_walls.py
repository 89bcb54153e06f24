"""ConfigMaps and NetworkPolicies of a zone: what the operator may make, and what nobody else may."""

from __future__ import annotations

from typing import Any

import pytest

from .objects import digest, obj
from .server import AUTOPILOT, GATEWAY, HOME, OPERATOR, PATHS, SANDBOX, SERVING, Body
from .zone import Zone

pytestmark = pytest.mark.apiserver
BOTH = pytest.mark.parametrize("operator", [OPERATOR, OPERATOR + "-any"], ids=["rbac", "any"])
DRY = "?dryRun=All"


def bundle(name: str = "bundle-" + "a" * 40, namespace: str = SERVING, **fields: Any) -> Body:
    content: Body = {"data": {"bundle.json": "{}"}, "immutable": True} | fields
    return obj("ConfigMap", name, namespace=namespace, **content)


class TestBundles:
    TESTS = "tests-" + "a" * 40
    TABLE: list[tuple[str, Body, str]] = [
        ("a bundle", bundle(), ""),
        ("a bundle in the sandbox", bundle(namespace=SANDBOX), ""),
        ("tests in the sandbox", bundle(TESTS, SANDBOX, data={"tests.json": "{}"}), ""),
        ("bytes instead of text", bundle(data={}, binaryData={"bundle.json": "e30="}), ""),
        ("tests in the serving zone", bundle(TESTS, data={"tests.json": "{}"}), "live in the sandbox"),
        ("a bundle that may change", bundle(immutable=False), "immutable"),
        ("a bundle with another key", bundle(data={"bundle.json": "", "sitecustomize.py": ""}), "one key"),
        ("a bundle with bytes besides", bundle(binaryData={"x": "e30="}), "one key"),
        ("a bundle under another key", bundle(data={"x": ""}), "bundle.json"),
        ("tests under another key", bundle(TESTS, SANDBOX, data={"x": ""}), "tests.json"),
        ("no bundle at all", bundle(data={}), "one key"),
        ("another name", bundle("x"), "named"),
        ("a short digest", bundle("bundle-" + "a" * 39), "named"),
        ("more behind the digest", bundle("bundle-" + "a" * 40 + "-x"), "named"),
    ]

    @BOTH
    @pytest.mark.parametrize(("body", "says"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE])
    def test_made_by_the_operator(self, zone: Zone, body: Body, says: str, operator: str) -> None:
        answer = zone.server.create(body, operator, dry=True)
        _ = answer.refused(says) if says else answer.allowed()

    @pytest.mark.parametrize("user", ["nadia", "zoe-any", GATEWAY + "-any", AUTOPILOT + "-any", ""])
    def test_made_by_nobody_else(self, zone: Zone, user: str) -> None:
        zone.server.create(bundle(), user, dry=True).refused("only the operator", "may not CREATE")

    @pytest.mark.parametrize("name", ["kube-root-ca.crt"])
    def test_but_the_clusters_own(self, zone: Zone, name: str) -> None:
        path = f"{PATHS['ConfigMap'].format(SERVING)}/{name}"
        body = obj("ConfigMap", name, data={"ca.crt": "x"})
        answer = zone.server.create(body, "nadia", dry=True)
        assert answer.ok or answer.code == 409, f"{path}: {answer.text}"

    @BOTH
    def test_stay_as_they_are(self, zone: Zone, operator: str) -> None:
        name = "bundle-" + digest(operator)[7:47]
        path = f"{PATHS['ConfigMap'].format(SERVING)}/{name}"
        zone.server.create(bundle(name), operator).allowed()
        for user in (operator, "nadia", ""):
            zone.server.patch(path + DRY, {"data": {"bundle.json": "x"}}, user).refused()
            zone.server.patch(path + DRY, {"immutable": None}, user).refused()
            zone.server.patch(path + DRY, {"binaryData": {"x": "e30="}}, user).refused()
        zone.server.patch(path + DRY, {"metadata": {"labels": {"a": "b"}}}, "nadia").allowed()


COMPONENT = "app.kubernetes.io/component"
OURS: Body = {"matchLabels": {"kubernetes.io/metadata.name": HOME}}


def to(component: str) -> Body:
    return {"namespaceSelector": OURS, "podSelector": {"matchLabels": {COMPONENT: component}}}


def wall(name: str = "n", namespace: str = SERVING, selector: Body | None = None, **rules: Any) -> Body:
    marked = {"matchLabels": {"cupel.dev/egress": "true"}}
    spec = {"podSelector": marked if selector is None else selector, "policyTypes": ["Egress"], **rules}
    return obj("NetworkPolicy", name, spec, namespace)


class TestWalls:
    TABLE: list[tuple[str, Body, str]] = [
        ("out to the egress proxy", wall(egress=[{"to": [to("egress")]}]), ""),
        (
            "in from the gateway and the operator",
            wall(ingress=[{"from": [to("gateway"), to("operator")]}]),
            "",
        ),
        ("a wall more", wall(selector={}, egress=[]), ""),
        ("out to everywhere", wall(egress=[{}]), "egress proxy"),
        ("out to every address", wall(egress=[{"to": [{"ipBlock": {"cidr": "0.0.0.0/0"}}]}]), "egress proxy"),
        (
            "out to the metadata service",
            wall(egress=[{"to": [{"ipBlock": {"cidr": "169.254.169.254/32"}}]}]),
            "egress proxy",
        ),
        (
            "out to every namespace",
            wall(egress=[{"to": [{"namespaceSelector": {}, "podSelector": {}}]}]),
            "egress proxy",
        ),
        ("out to another component of ours", wall(egress=[{"to": [to("gateway")]}]), "egress proxy"),
        ("out to the proxy and to everywhere", wall(egress=[{"to": [to("egress")]}, {}]), "egress proxy"),
        ("out for every Pod", wall(selector={}, egress=[{"to": [to("egress")]}]), "egress label"),
        ("out of the sandbox", wall(namespace=SANDBOX, egress=[{"to": [to("egress")]}]), "egress label"),
        ("in from everywhere", wall(ingress=[{}]), "gateway and the operator"),
        (
            "in from an address",
            wall(ingress=[{"from": [{"ipBlock": {"cidr": "10.0.0.0/8"}}]}]),
            "gateway and the operator",
        ),
        (
            "in from every namespace",
            wall(ingress=[{"from": [{"namespaceSelector": {}}]}]),
            "gateway and the operator",
        ),
        ("in from other tools", wall(ingress=[{"from": [{"podSelector": {}}]}]), "gateway and the operator"),
        ("in from the egress proxy", wall(ingress=[{"from": [to("egress")]}]), "gateway and the operator"),
        ("default-deny of one's own", wall("default-deny"), "administrators"),
        ("allow-from-cupel of one's own", wall("allow-from-cupel"), "administrators"),
    ]

    @pytest.mark.parametrize("user", [OPERATOR + "-any", "nadia"], ids=["the operator", "somebody"])
    @pytest.mark.parametrize(("body", "says"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE])
    def test_who_opens_them(self, zone: Zone, body: Body, says: str, user: str) -> None:
        if says == "administrators" and body["metadata"]["namespace"] == SERVING:
            path = f"{PATHS['NetworkPolicy'].format(SERVING)}/{body['metadata']['name']}"
            answer = zone.server.patch(path + DRY, {"spec": body["spec"]}, user)
        else:
            answer = zone.server.create(body, user, dry=True)
        _ = answer.refused(says) if says else answer.allowed()

    @pytest.mark.parametrize("name", ["default-deny", "allow-from-cupel"])
    def test_who_takes_them_down(self, zone: Zone, name: str) -> None:
        path = f"{PATHS['NetworkPolicy'].format(SERVING)}/{name}"
        for user in (OPERATOR + "-any", "nadia", AUTOPILOT + "-any"):
            zone.server.delete(path + DRY, user).refused("administrators", "may not")
        zone.server.delete(path + DRY, "zoe").allowed()

    def test_the_administrator_may_open_them(self, zone: Zone) -> None:
        zone.server.create(wall(selector={}, egress=[{}]), "zoe", dry=True).allowed()
