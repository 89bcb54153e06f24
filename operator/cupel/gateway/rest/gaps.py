"""Gaps by REST: ask, by a wish, a text or a template; list and follow."""

from __future__ import annotations

from cupel.api.capability_gap import CapabilityGap
from cupel.api.common import Model
from cupel.wishes.text import needs

from ..askers import require_scope
from ..asking import Asking
from ..asking_words import Need, NeedAnswer, Report
from ..callers import Caller, asker
from ..gaps import state
from ..offering import require_template
from ..problems import Code, Problem
from .bodies import GapAnswers, GapPage, GapRequest, GapView, Generation
from .operation import Answer, Asked, Do, Operation, Parameter
from .tools import AFTER, LIMIT, whole

REFUSALS: tuple[Code, ...] = (
    "not-json", "too-large", "namespace-required", "asking-forbidden", "gateway-unbound", "gaps-forbidden",
    "no-policy", "too-many-gaps", "cluster-refused", "conflict", "busy", "no-wish",
)  # fmt: skip
LOOKING: tuple[Code, ...] = ("namespace-required", "asking-forbidden")
PAGE = 200
MOST_OF_A_TEXT = 5
NAMESPACE = Parameter("namespace", "Needed only where you may ask in several.")


class GapOperations:
    """Their operations."""

    def __init__(self, asking: Asking) -> None:
        self._asking = asking

    def operations(self) -> tuple[Operation, ...]:
        one, told = "/gaps/{namespace}/{name}", "How far a gap is."
        return (
            self._asks("/gaps", "createGap", "Say what is missing.", self._create, GapRequest),
            self._asks("/generate", "generate", "Ask for a tool by a template.", self._generate, Generation),
            Operation(
                "GET",
                "/gaps",
                "listGaps",
                "What is missing, as far as you may know.",
                self._list,
                GapPage,
                query=(NAMESPACE, AFTER, LIMIT),
                problems=LOOKING,
            ),
            Operation("GET", one, "getGap", told, self._get, GapView, problems=(*LOOKING, "unknown-gap")),
        )

    def _asks(self, path: str, id: str, summary: str, do: Do, takes: type[Model]) -> Operation:
        return Operation(
            "POST", path, id, summary, do, GapAnswers, takes, statuses=(200, 201), problems=REFUSALS
        )

    async def _create(self, asked: Asked) -> Answer:
        request = asked.body
        assert isinstance(request, GapRequest)  # noqa: S101  # the operation says so
        if request.need is not None:
            need = Need(
                need=request.need,
                checked=request.checked,
                tried=request.tried,
                examples=request.examples,
                namespace=request.namespace,
            )
            return _answers([await self._asking.need(asked.caller, need)])
        wishes = needs(request.text or "")[:MOST_OF_A_TEXT]
        if not wishes:
            require_scope(asked.caller, "ask")
            remedy = "write NEED_INTEGRATION: and what a tool should do, on a line of its own"
            raise Problem("no-wish", f"`text` asks for nothing: {remedy}", field="text")
        by = asker(asked.caller)
        reports = [Report(wish=wish, origin="Text", by=by, checked=request.checked) for wish in wishes]
        return _answers(await self._asking.wish(asked.caller, request.namespace, reports))

    async def _generate(self, asked: Asked) -> Answer:
        wanted = asked.body
        assert isinstance(wanted, Generation)  # noqa: S101  # the operation says so
        require_scope(asked.caller, "ask")
        if wanted.template is not None:
            require_template(wanted.template)
        report = Report(
            wish=wanted.need,
            origin="Agent",
            by=asker(asked.caller),
            examples=wanted.examples,
            tool_name=wanted.tool_name,
            template=wanted.template,
            openapi=wanted.openapi,
        )
        return _answers(await self._asking.wish(asked.caller, wanted.namespace, [report]))

    async def _list(self, asked: Asked) -> Answer:
        caller = asked.caller
        require_scope(caller, "ask")
        namespace = await self._asking.askers.chosen(caller, asked.query.get("namespace"))
        everything = await self._asking.askers.reads(caller, namespace)
        after, limit = asked.query.get("after", ""), whole(asked.query, "limit", PAGE, PAGE)
        known = self._asking.gaps.within(namespace)
        rest = [gap for gap in known if gap.name > after and (everything or _own(gap, caller))]
        page = rest[:limit]
        more = page[-1].name if len(rest) > limit else None
        return Answer(GapPage(gaps=tuple(self._shown(gap, caller) for gap in page), after=more))

    async def _get(self, asked: Asked) -> Answer:
        caller, namespace = asked.caller, asked.path["namespace"]
        gap = await self._asking.find(caller, asked.path["name"], namespace)
        if _own(gap, caller) or await self._asking.askers.reads(caller, namespace):
            return Answer(self._shown(gap, caller))
        return Answer(GapView(**self._state(gap, caller)))

    def _shown(self, gap: CapabilityGap, caller: Caller) -> GapView:
        advice = gap.status.recommendation
        said = {"wish": gap.spec.wish, "origin": gap.spec.origin, "recommendation": advice}
        return GapView(**self._state(gap, caller), **said)

    def _state(self, gap: CapabilityGap, caller: Caller) -> dict[str, object]:
        return state(gap, self._asking.catalogue.view(caller.namespaces)).model_dump()


def _own(gap: CapabilityGap, caller: Caller) -> bool:
    return asker(caller) in gap.askers


def _answers(answers: list[NeedAnswer]) -> Answer:
    new = any(each.answer == "Recorded" for each in answers)
    return Answer(GapAnswers(answers=tuple(answers)), 201 if new else 200)
