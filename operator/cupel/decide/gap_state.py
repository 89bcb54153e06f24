"""A gap as whoever asked for it sees it: its name before it is there, and afterwards how far it is. Pure."""

from __future__ import annotations

import hashlib
from typing import Literal, NamedTuple

from cupel.api.bundle import canonical
from cupel.api.capability_gap import CapabilityGap, OpenApiOperation
from cupel.api.generation import TemplateUse
from cupel.wishes.same import fingerprint

from .harmless import one_line

State = Literal["Reported", "Working", "AwaitingPeople", "Refused", "Closed", "Serving"]
MAX_MESSAGE = 1000


class Standing(NamedTuple):
    """How far a gap is."""

    state: State
    reason: str
    message: str
    """One harmless line."""


def name_of(wish: str, template: TemplateUse | None = None, openapi: OpenApiOperation | None = None) -> str:
    """One name for wishes of the same words, and one for the same use of a template or document."""
    if template is None and openapi is None:
        return f"gap-{fingerprint(wish)}"
    exact = [each.wire() for each in (template, openapi) if each is not None]
    return f"gap-{hashlib.sha256(canonical(exact)).hexdigest()[:10]}"


def standing(gap: CapabilityGap) -> Standing:
    """What its conditions, and a person's no, come to."""
    ready = next((each for each in gap.status.conditions if each.type == "Ready"), None)
    if gap.spec.closed is not None:
        return Standing("Closed", "Closed", one_line(gap.spec.closed.because))
    if ready is None:
        return Standing("Reported", "", "nobody has looked at it yet; look again in a minute")
    return Standing(_word(gap), ready.reason, one_line(ready.message)[:MAX_MESSAGE])


def _word(gap: CapabilityGap) -> State:
    held = {each.type: each.status == "True" for each in gap.status.conditions}
    if held.get("Ready"):
        return "Serving"
    if held.get("Stalled"):
        return "Refused"
    return "AwaitingPeople" if held.get("Suspended") else "Working"
