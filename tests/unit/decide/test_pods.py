"""The Pod template of what serves: the label of approved egress is on it exactly when there is egress."""

from __future__ import annotations

import pytest

from cupel.api.serving import Serving
from cupel.decide.pods import serving_pod_template

from .builders import IMAGE, revision, tool


@pytest.mark.parametrize(
    ("permissions", "label"),
    [
        ({}, None),
        ({"state": "PerTenant"}, None),
        ({"egress": ["api.example.com:443"]}, "true"),
        ({"egress": ["api.example.com:443"], "credentials": ["key"]}, "true"),
    ],
    ids=["nothing", "state", "egress", "egress and a credential"],
)
def test_a_pod_that_may_call_out_is_marked(permissions: dict[str, object], label: str | None) -> None:
    template = serving_pod_template(revision(tool(permissions=permissions)), Serving(), IMAGE)

    assert template["metadata"]["labels"].get("cupel.dev/egress") == label
