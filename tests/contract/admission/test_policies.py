"""The policies as a set: all there, none with a type warning, and each described."""

from __future__ import annotations

import re

import pytest

from .installed import ADMISSION, ROOT, policies, rendered
from .server import Body, Server, eventually

POLICIES = [body for body in rendered("base/admission") if body["kind"].endswith("Policy")]
BINDINGS = {
    body["spec"]["policyName"]: body
    for body in rendered("base/admission")
    if body["kind"].endswith("Binding")
}


@pytest.mark.apiserver
def test_all_are_on_the_server(server: Server) -> None:
    wanted = {body["metadata"]["name"] for body in POLICIES if body["kind"].startswith("Validating")}
    assert wanted <= set(policies(server)) and len(wanted) == 22


@pytest.mark.node
def test_none_has_a_type_warning(server: Server) -> None:
    """The controller manager checks types, so this needs more than an API server."""
    for body in POLICIES:
        if body["kind"] == "ValidatingAdmissionPolicy":
            path = f"{ADMISSION}/validatingadmissionpolicies/{body['metadata']['name']}"
            answer = eventually(
                lambda p=path: server.call("GET", p),  # type: ignore[misc]
                allowed=True, fragment='"observedGeneration": 1', seconds=60,
            )  # fmt: skip
            status = answer.allowed().body.get("status", {})
            assert status.get("observedGeneration"), f"{path} was not checked"
            assert not status.get("typeChecking"), status


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
