"""The API server's refusals, as one sentence."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from cupel.kube.refusals import ADVICE, in_words

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
            "alice may not patch approvalledgers in namespace tools: ask an administrator for a role that allows it",
            id="RBAC",
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
    assert in_words(message, code) == sentence


def test_advice_is_for_sentences_the_policies_say() -> None:
    said = " ".join(re.sub(r"\s+", " ", path.read_text("utf-8")) for path in ADMISSION.glob("*.yaml"))
    assert [sentence for sentence in ADVICE if sentence not in said] == []
