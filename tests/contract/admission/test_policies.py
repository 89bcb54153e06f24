"""The policies as a set: all there, none with a type warning, and each described."""

from __future__ import annotations

import re

import pytest
from tests.support.kustomize import ROOT, rendered

from .installed import ADMISSION, policies
from .server import Answer, Body, Server, eventually

POLICIES = [body for body in rendered("base/admission") if body["kind"].endswith("Policy")]
BINDINGS = {
    body["spec"]["policyName"]: body
    for body in rendered("base/admission")
    if body["kind"].endswith("Binding")
}


@pytest.mark.apiserver
def test_all_are_on_the_server(server: Server) -> None:
    wanted = {body["metadata"]["name"] for body in POLICIES if body["kind"].startswith("Validating")}
    assert wanted <= set(policies(server)) and len(wanted) == 35


def type_checked(server: Server, name: str) -> Answer:
    """The policy, once the controller manager has checked what is there now."""
    answer = server.call("GET", f"{ADMISSION}/validatingadmissionpolicies/{name}").allowed()
    checked = answer.body.get("status", {}).get("observedGeneration")
    return (
        answer
        if checked == answer.body["metadata"]["generation"]
        else Answer(503, f"{name} was not checked yet")
    )


@pytest.mark.node
def test_none_has_a_type_warning(whole_node: Server) -> None:
    """The controller manager checks types, so this needs more than an API server."""
    for body in POLICIES:
        if body["kind"] == "ValidatingAdmissionPolicy":
            name = body["metadata"]["name"]
            answer = eventually(lambda n=name: type_checked(whole_node, n), allowed=True, seconds=60)  # type: ignore[misc]
            assert not answer.allowed().body["status"].get("typeChecking"), answer.text


@pytest.mark.parametrize("policy", POLICIES, ids=lambda body: body["metadata"]["name"])
def test_it_fails_closed_and_denies(policy: Body) -> None:
    binding = BINDINGS[policy["metadata"]["name"]]
    assert policy["spec"]["failurePolicy"] == "Fail"
    assert policy["kind"] == "MutatingAdmissionPolicy" or binding["spec"]["validationActions"] == ["Deny"]


@pytest.mark.parametrize("policy", POLICIES, ids=lambda body: body["metadata"]["name"])
def test_it_is_described(policy: Body) -> None:
    described = re.findall(
        r"^\| `(cupel-[a-z-]+)` \|", (ROOT / "docs/admission.md").read_text(), re.MULTILINE
    )
    assert policy["metadata"]["name"] in described
