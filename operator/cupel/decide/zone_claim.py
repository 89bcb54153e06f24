"""Whether a namespace may be made a zone of Cupel: what stands against it, as one sentence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from cupel.api import names

ZoneKind = Literal["serving", "sandbox"]
RESERVED = frozenset({"default", names.SYSTEM_NAMESPACE})
SHOWN_PODS = 3


@dataclass(frozen=True)
class Place:
    """A namespace as it is now; one that does not exist yet has neither zone nor Pods."""

    name: str
    zone: str = ""
    """Its label cupel.dev/zone."""
    sandbox_of: tuple[str, ...] = ()
    """Serving zones that name it as their sandbox."""
    strangers: tuple[str, ...] = ()
    """Pods in it that belong to no tool."""


def never_a_zone(namespace: str) -> bool:
    """Namespaces of the cluster, of Cupel itself, and the one where people try things."""
    return namespace in RESERVED or namespace.startswith("kube-")


def reserved(namespace: str) -> str:
    """Why no flag makes a zone of it; empty when it may be one."""
    if not never_a_zone(namespace):
        return ""
    return (
        f"namespace {namespace} is never a zone: a zone denies all network and starts nothing but tools; "
        "choose a namespace of its own, such as tools"
    )


def objection(place: Place, kind: ZoneKind, serving: str) -> str:
    """What stands against making `place` this zone of the pair of `serving`; empty: nothing."""
    if why := reserved(place.name):
        return why
    others = [each for each in place.sandbox_of if each != serving or kind == "serving"]
    if others:
        return f"namespace {place.name} is the sandbox of serving zone {others[0]}: {_another(kind)}"
    if place.zone not in ("", kind):
        return (
            f"namespace {place.name} is a {place.zone} zone already: {_another(kind)}, or take that zone "
            "back first (docs/install.md)"
        )
    if place.strangers and not place.zone:
        shown = ", ".join(place.strangers[:SHOWN_PODS])
        more = ", ..." if len(place.strangers) > SHOWN_PODS else ""
        return (
            f"namespace {place.name} has Pods that are no tools ({shown}{more}), a zone denies them "
            f"all network and new ones do not start: {_another(kind)}; --adopt takes it all the same"
        )
    return ""


def _another(kind: ZoneKind) -> str:
    return "choose another NAMESPACE" if kind == "serving" else "choose another --sandbox"
