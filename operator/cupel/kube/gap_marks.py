"""By what CapabilityGaps are found, and what of one others go by; see `stores`."""

from __future__ import annotations

from collections.abc import Hashable, Iterator

from cupel.api.common import JsonObject
from cupel.decide.gap_twin import same_plan, same_words

WAITS_FOR = {"TooManyGaps": "crowded", "SamePlan": "same", "TwinRefused": "same"}


def marks_of_gap(home: str, gap: JsonObject) -> Iterator[tuple[str, str, str]]:
    """What, serving namespace, name: as `stores.Mark`."""
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


def shown_by_gap(gap: JsonObject) -> Hashable:
    """Of a CapabilityGap: what other gaps (its age, whether it is open or refused, whom it waits for) and its
    tool (who asked) go by.
    """
    metadata, status = gap["metadata"], gap.get("status") or {}
    written = (metadata.get("uid"), metadata.get("generation"))
    held = {c["type"]: (c["status"], c["reason"]) for c in status.get("conditions") or ()}
    ready, deleting = held.get("Ready", ("", ""))[0] == "True", "deletionTimestamp" in metadata
    is_open = not (ready or deleting or (gap.get("spec") or {}).get("closed"))
    said = (held.get("Stalled"), status.get("sameAs"), len(status.get("alsoAskedBy") or ()))
    return metadata.get("creationTimestamp", ""), is_open, *written, said
