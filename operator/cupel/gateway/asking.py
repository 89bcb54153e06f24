"""Asking for what is missing: first what exists is searched; what nothing answers becomes a gap, once."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Iterable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass

from cupel.api.capability_gap import CapabilityGap
from cupel.api.generation import GenerationPolicy
from cupel.api.names import RESERVED_TOOLS
from cupel.decide.limits import Allowance

from .answers import recorded, use
from .ask_metrics import AskMetrics
from .askers import Askers, require_scope
from .asking_words import GapState, Need, NeedAnswer, Report
from .callers import Caller, asker
from .catalogue import Catalogue
from .gaps import Gaps, is_same, state
from .naming import View
from .offering import offered, require_template
from .problems import Problem, field_problem
from .recording import Recorder, name_of
from .tool_index import ToolIndex, fits

POLICY = "default"
"""The ToolPolicy that judges gaps of agents."""


@dataclass(frozen=True)
class Asking:
    """What a gateway needs to take wishes."""

    catalogue: Catalogue
    gaps: Gaps
    index: ToolIndex
    askers: Askers
    recorder: Recorder | None
    allowance: Allowance
    metrics: AskMetrics
    turns: dict[str, asyncio.Lock]
    """By namespace: one wish at a time becomes a gap, or two would both be the last that is allowed."""

    async def need(self, caller: Caller, need: Need) -> NeedAnswer:
        """An agent's wish. Raises Problem."""
        with self.metrics.counted() as outcome:
            namespace = await self._let_in(caller, need.namespace)
            outcome.namespace = namespace
            if need.template is not None:
                require_template(need.template)
            view = self.catalogue.view(caller.namespaces)
            near = await self.index.near(view, need.need)
            unlooked = [one for one in near if fits(one) and one.name not in need.checked]
            _require_known_names(need.checked, view)
            if unlooked:
                outcome.label = "existing"
                return use(unlooked)
            _require_checked(need.checked, view)
            if need.template is not None and (no := await self.gaps.closed(namespace, need.need)) is not None:
                outcome.label = "merged"
                return recorded(state(no, view), near, new=False)
            report = _agents(need, asker(caller))
            gap, new = await self.record(namespace, report)
            outcome.label = "recorded" if new else "merged"
            templates = await offered(need, gap, self.catalogue.policies.get(namespace, POLICY))
            return recorded(state(gap, view), near, templates, new=new)

    async def wish(
        self, caller: Caller, namespace: str | None, reports: Iterable[Report]
    ) -> list[NeedAnswer]:
        """Wishes by text, or for a template: written down without a search. Raises Problem."""
        with self.metrics.counted() as outcome:
            chosen = await self._let_in(caller, namespace)
            outcome.namespace = chosen
            view = self.catalogue.view(caller.namespaces)
            answers = []
            for report in reports:
                near = await self.index.near(view, report.wish)
                gap, new = await self.record(chosen, report)
                answers.append(recorded(state(gap, view), near, new=new))
            outcome.label = "recorded"
            return answers

    async def check(self, caller: Caller, name: str, namespace: str | None) -> GapState:
        """How far a gap is. Raises Problem."""
        gap = await self.find(caller, name, namespace)
        return state(gap, self.catalogue.view(caller.namespaces))

    async def find(self, caller: Caller, name: str, namespace: str | None) -> CapabilityGap:
        """A gap of a namespace in which they may ask. Raises Problem."""
        require_scope(caller, "ask")
        chosen = await self.askers.chosen(caller, namespace)
        self._require_known()
        gap = self.gaps.get(chosen, name)
        if gap is None:
            raise Problem("unknown-gap", f"there is no gap {name} in namespace {chosen}", field="gap")
        return gap

    async def record(self, namespace: str, report: Report) -> tuple[CapabilityGap, bool]:
        """The gap of this wish, and whether it is new. Raises Problem."""
        self._require_known()
        await self.askers.require_ours(namespace)
        assert self.recorder is not None  # noqa: S101  # who may ask has a client to ask with
        async with self._turn(namespace):
            there = await self._there(namespace, report)
            if there is None:
                self._require_room(namespace)
                made, new = await self._made(self.recorder, namespace, report)
                if new:
                    self.gaps.made(made)
                    return made, True
                there = made.name
        gap = await self.recorder.count(namespace, there, report.by, *report.shown_by)
        if gap is None:
            raise Problem("conflict", f"{there} was deleted just now; ask again", retry_after=1)
        return gap, False

    async def _there(self, namespace: str, report: Report) -> str | None:
        """The gap there is of this wish: of the same words, else of a wish that is nearly the same."""
        named = self.gaps.get(namespace, name_of(report))
        if named is not None and is_same(named, report):
            return named.name
        if report.template is not None or report.openapi is not None:
            like = self.gaps.exactly(namespace, report)
        else:
            like = await self.gaps.like(namespace, report.wish)
        return like.name if like is not None else None

    async def _made(self, recorder: Recorder, namespace: str, report: Report) -> tuple[CapabilityGap, bool]:
        """A new gap, or the one another gateway made just now. Who took its name for another wish does not
        keep it from being written down: it gets one nobody can foresee. Raises Problem.
        """
        name = name_of(report)
        for free in (name, f"gap-{secrets.token_hex(5)}"):
            made = await recorder.create(namespace, report, free)
            if made is not None:
                return made, True
            there = await recorder.read(namespace, free)
            if there is not None and is_same(there, report):
                return there, False
        raise Problem("conflict", f"{name} is the name of another gap; ask again", retry_after=1)

    async def _let_in(self, caller: Caller, namespace: str | None) -> str:
        """The namespace they ask in, once scope, allowance and rights are given. Raises Problem."""
        require_scope(caller, "ask")
        wait = self.allowance.wait(caller.name, asyncio.get_running_loop().time())
        if wait:
            message = f"you ask too often; go on with the tools there are, and ask again in {wait:.0f} s"
            raise Problem("rate-limited", message, retry_after=wait)
        return await self.askers.chosen(caller, namespace)

    def _require_known(self) -> None:
        if not self.gaps.known:
            message = (
                "this gateway does not know yet what was asked for already (CapabilityGaps are not listed)"
            )
            raise Problem("cluster-unavailable", message, retry_after=5)

    def _require_room(self, namespace: str) -> None:
        """Raises Problem when the policy allows no further gap."""
        policy = self.catalogue.policies.get(namespace, POLICY)
        if policy is None:
            remedy = "an administrator must make it (cupel zone init)"
            raise Problem("no-policy", f"namespace {namespace} has no ToolPolicy {POLICY}: {remedy}")
        allowed: GenerationPolicy = policy.spec.generation
        where = f"ToolPolicy {POLICY} of namespace {namespace}"
        if allowed.gaps == "Forbidden":
            raise Problem("gaps-forbidden", f"{where} forbids asking for tools (generation.gaps)")
        count = self.gaps.how_many_open(namespace, POLICY)
        if count >= allowed.max_open_gaps:
            full = f"{count} gaps are open in namespace {namespace}, and {where} allows no more"
            remedy = "people must close or answer some, or allow more (generation.maxOpenGaps)"
            raise Problem("too-many-gaps", f"{full}: {remedy}")

    def _turn(self, namespace: str) -> AbstractAsyncContextManager[None]:
        return self.turns.setdefault(namespace, asyncio.Lock())


def _require_known_names(checked: Iterable[str], view: View) -> None:
    """Raises Problem when they name tools that are not there."""
    for number, name in enumerate(checked):
        if name not in view.known and name not in RESERVED_TOOLS:
            raise field_problem(
                f"checked.{number}",
                f"{name[:128]} is no tool you can call: list the tools and name those you looked at",
            )


def _require_checked(checked: Iterable[str], view: View) -> None:
    """Raises Problem unless they looked at a tool, where there is one."""
    if view.listed and not _tools(checked):
        raise field_problem(
            "checked", "must name at least one of the listed tools you looked at and that do not do"
        )


def _agents(need: Need, by: str) -> Report:
    return Report(
        wish=need.need,
        origin="Agent",
        by=by,
        tried=need.tried,
        checked=_tools(need.checked),
        examples=need.examples,
        template=need.template,
    )


def _tools(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(name for name in names if name not in RESERVED_TOOLS)
