"""What a CapabilityGap is found by: policy, what it waits for, plan, words, tools it counts on."""

from __future__ import annotations

from collections.abc import Iterator

from cupel.api.common import JsonObject
from cupel.decide.gap_twin import same_plan, same_words

WAITS_FOR = {"TooManyGaps": "crowded", "SamePlan": "same", "TwinRefused": "same"}


def marks_of_gap(home: str, gap: JsonObject) -> Iterator[tuple[str, str, str]]:
    """Marks as `stores.Mark` has them."""
    spec, status = gap.get("spec") or {}, gap.get("status") or {}
    policy = spec.get("policyRef", {}).get("name", "default")
    yield "policy", home, policy
    waits = {c["reason"] for c in status.get("conditions") or ()}
    yield from ((what, home, policy) for reason, what in WAITS_FOR.items() if reason in waits)
    if status.get("sameAs"):
        yield "alike", home, status["sameAs"]
    plan = status.get("plan") or {}
    if plan.get("template"):
        yield "plan", home, same_plan(policy, plan["template"], plan.get("parameters"))
    names_its_way = spec.get("template") or spec.get("openapi")
    yield "named" if names_its_way else "said", home, same_words(policy, spec.get("wish") or "")
    counted_on = {plan.get("toolName")} | {answer["toolName"] for answer in status.get("answeredBy") or ()}
    yield from (("answer", home, name) for name in counted_on if name)
