"""The API server's refusals, as one sentence."""

from __future__ import annotations

import re
import ssl
from pathlib import Path

import pytest

from cupel.decide.zone import PEOPLE
from cupel.kube.errors import Weather
from cupel.kube.refusals import ADVICE, BY_FLAG, ROLES, in_words, unanswered

ADMISSION = Path(__file__).parents[3] / "manifests" / "base" / "admission"
OWN = (
    "approvalledgers.cupel.dev \"ledger\" is forbidden: ValidatingAdmissionPolicy 'cupel-ledger-requester' with binding "
    "'cupel-ledger-requester' denied request: nobody decides about their own request"
)


@pytest.mark.parametrize(
    ("message", "code", "sentence"),
    [
        pytest.param(
            OWN,
            403,
            "the API server refuses: nobody decides about their own request; ask somebody else who holds the verb "
            "approve [cupel-ledger-requester]",
            id="a policy of ours, with what helps",
        ),
        pytest.param(
            "x is forbidden: ValidatingAdmissionPolicy 'other' with binding 'b' denied request: no\nway",
            403,
            "the API server refuses: no way [other]",
            id="a policy we do not know",
        ),
        pytest.param(
            'approvalledgers.cupel.dev "ledger" is forbidden: User "alice" cannot patch resource "approvalledgers" in '
            'API group "cupel.dev" in the namespace "tools"',
            403,
            "alice may not patch approvalledgers in namespace tools: ask an administrator for the group cupel-approvers "
            "or cupel-revokers there (ClusterRole cupel-approver or cupel-revoker), or name another namespace by -n",
            id="RBAC, and the group that has the right",
        ),
        pytest.param(
            'secrets is forbidden: User "alice" cannot list resource "secrets" in API group "" in the namespace "tools"',
            403,
            "alice may not list secrets in namespace tools: ask an administrator for a role that allows it there, "
            "or name another namespace by -n",
            id="RBAC of a kind we have no role for",
        ),
        pytest.param(
            'namespaces "tools" is forbidden: User "alice" cannot get resource "namespaces" in API group "" at the cluster scope',
            403,
            "alice may not get namespaces: ask a cluster administrator",
            id="RBAC of the cluster",
        ),
        pytest.param(
            'toolpolicies.cupel.dev "x" not found',
            404,
            "there is no toolpolicies x",
            id="an object that is not there",
        ),
        pytest.param(
            "the server could not find the requested resource",
            404,
            "the cluster does not know Cupel's kinds: install manifests/base first",
            id="a cluster without Cupel",
        ),
        pytest.param("a\nb", 422, "the API server refuses: a b", id="anything else, on one line"),
    ],
)
def test_a_refusal_is_one_sentence(message: str, code: int, sentence: str) -> None:
    assert in_words(message, code, BY_FLAG) == sentence


def test_who_does_not_type_flags_is_told_of_none() -> None:
    message = 'secrets is forbidden: User "a" cannot list resource "secrets" in API group "" in the namespace "tools"'
    assert in_words(message, 403).endswith("ask an administrator for a role that allows it there")


def test_every_role_that_is_named_is_shipped_with_its_group() -> None:
    named = {role for each in ROLES.values() for roles in each.values() for role in roles}
    assert {(f"{role}s", role) for role in named} <= set(PEOPLE)


@pytest.mark.parametrize(
    ("weather", "cause", "says", "silent"),
    [
        pytest.param(
            Weather("GET /x: refused"), OSError(), "did not answer", "certificates", id="nobody there"
        ),
        pytest.param(
            Weather("GET /x: bad"), ssl.SSLCertVerificationError("x"), "certificates", "try again", id="TLS"
        ),
        pytest.param(
            Weather("GET /x: 401", 401), None, "renew the credentials", "try again", id="an old token"
        ),
        pytest.param(Weather("GET /x: 503", 503), None, "try again", "credentials", id="overloaded"),
    ],
)
def test_no_answer_names_the_place_and_what_helps(
    weather: Weather, cause: Exception | None, says: str, silent: str
) -> None:
    weather.__cause__ = cause
    text = unanswered(weather, "server https://a, kubeconfig b, context c")
    assert says in text and silent not in text and "server https://a, kubeconfig b, context c" in text


def test_advice_is_for_sentences_the_policies_say() -> None:
    said = " ".join(re.sub(r"\s+", " ", path.read_text("utf-8")) for path in ADMISSION.glob("*.yaml"))
    assert [sentence for sentence in ADVICE if sentence not in said] == []
