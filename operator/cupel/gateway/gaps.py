"""The CapabilityGaps there are: as a watch tells, and those made here that it has not told yet."""

from __future__ import annotations

from cupel.api.capability_gap import CapabilityGap
from cupel.decide.demand import how_many_open, is_open
from cupel.decide.harmless import one_line
from cupel.kube.parsed import EVERY, Store
from cupel.wishes.same import SAME, likeness

from .asking_words import GapState, State
from .naming import View


class Gaps:
    """What was asked for already."""

    def __init__(self) -> None:
        self.store: Store[CapabilityGap] = Store("CapabilityGap", CapabilityGap.parse, self._seen)
        self._made: dict[str, dict[str, CapabilityGap]] = {}
        """By namespace and name: made here, and not told by the watch yet."""

    @property
    def known(self) -> bool:
        """Whether all of them were listed once; without the CRD they never are."""
        return self.store.synced

    def get(self, namespace: str, name: str) -> CapabilityGap | None:
        return self.store.get(namespace, name) or self._made.get(namespace, {}).get(name)

    def within(self, namespace: str) -> tuple[CapabilityGap, ...]:
        """All of a namespace, in order of their names."""
        found = self._made.get(namespace, {}) | self.store.objects.get(namespace, {})
        return tuple(found[name] for name in sorted(found))

    def made(self, gap: CapabilityGap) -> None:
        """This gateway made one: it counts at once."""
        if self.store.get(gap.namespace, gap.name) is None:
            self._made.setdefault(gap.namespace, {})[gap.name] = gap

    def like(self, namespace: str, wish: str) -> CapabilityGap | None:
        """The gap that wishes for the same thing in other words; of several the likest, open ones first.

        Gaps that name a template or a document ask for exactly that, and are like no wish.
        """
        scored = [
            (likeness(wish, gap.spec.wish), is_open(gap), gap)
            for gap in self.within(namespace)
            if gap.spec.template is None and gap.spec.openapi is None
        ]
        same = [one for one in scored if one[0] >= SAME]
        return max(same, key=lambda one: (one[1], one[0], one[2].name))[2] if same else None

    def how_many_open(self, namespace: str, policy: str) -> int:
        return how_many_open(self.within(namespace), policy)

    def _seen(self, namespace: str, name: str) -> None:
        """The watch has it, or says that it is gone: what was made here is no news any more."""
        here = self._made.get(namespace, {})
        for each in list(here) if name == EVERY else [name]:
            here.pop(each, None)
        if not here:
            self._made.pop(namespace, None)


def state(gap: CapabilityGap, view: View) -> GapState:
    """How far a gap is, for somebody who sees these tools."""
    ready = next((each for each in gap.status.conditions if each.type == "Ready"), None)
    reports = gap.spec.demand.reports if gap.spec.demand else 1
    word: State
    if gap.spec.closed is not None:
        word, reason, message = "Closed", "Closed", gap.spec.closed.because
    elif ready is None:
        word, reason, message = "Reported", "", "nobody has looked at it yet; look again in a minute"
    else:
        word, reason, message = _word(gap), ready.reason, ready.message
    return GapState(
        gap=gap.name,
        namespace=gap.namespace,
        state=word,
        reason=reason,
        message=shown(message),
        tool=_tool(gap, view) if word == "Serving" else None,
        reports=reports,
    )


def shown(text: str) -> str:
    """A message of an object as a caller may read it: one line, short."""
    return one_line(text)[:1000]


def _word(gap: CapabilityGap) -> State:
    held = {each.type: each.status == "True" for each in gap.status.conditions}
    if held.get("Ready"):
        return "Serving"
    if held.get("Stalled"):
        return "Refused"
    return "AwaitingPeople" if held.get("Suspended") else "Working"


def _tool(gap: CapabilityGap, view: View) -> str | None:
    """The name by which they call what answers it; None when it is none of theirs."""
    plan = gap.status.plan
    for name, entry in view.listed:
        made = gap.status.tool is not None and entry.tool == gap.status.tool
        existing = plan is not None and plan.generator == "Existing" and entry.tool_name == plan.tool_name
        if entry.namespace == gap.namespace and (made or existing):
            return name
    return None
