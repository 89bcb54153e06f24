"""Drafts the tests look at, and what the gates say about them."""

from __future__ import annotations

import pytest

from cupel.analysis import analyse
from cupel.api.bundle import Bundle
from cupel.api.draft import Draft
from cupel.decide.asked import contract_problem
from cupel.templates.catalogue import TEMPLATES

CASES = [
    pytest.param(name, parameters, id=f"{name}-{place}")
    for name, template in TEMPLATES.items()
    for place, parameters in enumerate((template.example, *template.variants))
]


def bundle(draft: Draft) -> Bundle:
    """The bundle of a tool that asks for the draft."""
    return Bundle(
        tool="drafted",
        description=draft.description,
        interface=draft.interface.model_copy(update={"tool_name": "drafted"}),
        code=draft.code,
        permissions=draft.permissions,
        examples=draft.examples,
        tests=draft.tests,
    )


def accepted(draft: Draft) -> str:
    """Empty when the gates Accepted and Analyzed would pass; else what they say."""
    evidence = analyse(
        draft.code.encode(),
        egress=draft.permissions.egress,
        state=draft.permissions.state,
        parameters=frozenset(draft.interface.input_schema["properties"]),
    )
    found = "; ".join(f"line {each.line}: {each.rule} {each.message}" for each in evidence.findings)
    return found or contract_problem(bundle(draft).content())[1]
