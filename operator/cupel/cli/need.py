"""`need`: what is missing becomes a CapabilityGap, under the caller's own name; `gaps` lists them."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError
from rich.table import Table

from cupel.api.capability_gap import CapabilityGap, CapabilityGapSpec
from cupel.api.common import API_VERSION, JsonObject
from cupel.api.names import ZONE
from cupel.clock import now
from cupel.decide.demand import is_open
from cupel.decide.gap_state import name_of, standing
from cupel.decide.harmless import one_line
from cupel.kube.errors import Denied, Weather
from cupel.kube.resources import CAPABILITY_GAP, NAMESPACE
from cupel.wishes.same import SAME, likeness
from cupel.wishes.text import needs

from .need_template import advice, named
from .output import Exit, Failure, Format, ago, console, cut, note, print_json
from .problems import problems
from .seen import parsed
from .session import MANAGER, Session

FORMAT, LIST_FORMAT = "cupel.dev/gap/v1", "cupel.dev/gap-list/v1"
MARK = "NEED_INTEGRATION"
MOST_OF_A_TEXT = 5
CONFLICT = 409
LONGEST_SHOWN = 60
TYPED = {
    "wish": "TEXT",
    "toolName": "--name",
    "tried": "--tried",
    "checked": "--checked",
    "examples": "--example",
}
"""What was typed for a field."""


@dataclass(frozen=True)
class Asked:
    """What the command line asks for."""

    text: str
    examples: tuple[str, ...] = ()
    tried: tuple[str, ...] = ()
    checked: tuple[str, ...] = ()
    name: str = ""
    template: str = ""
    parameters: tuple[str, ...] = ()
    """KEY=VALUE for the template."""
    anyway: bool = False
    """Also what is nearly asked for already."""


async def need(session: Session, asked: Asked, output: Format) -> Exit:
    """One gap for each wish of the text. Raises Failure."""
    wishes, origin = wishes_of(asked.text)
    if len(wishes) > 1 and (asked.examples or asked.name or asked.template):
        only = "--example, --name and --template go with one wish, and the text holds several"
        raise Failure(only, Exit.UNUSABLE)
    specs = [_spec(asked, wish, origin) for wish in wishes]
    await _require_zone(session)
    there = [] if asked.anyway else await _known(session)
    if asked.template:  # a gap of its own, but no way round somebody's no
        there = [gap for gap in there if gap.spec.closed is not None]
    found = [await _recorded(session, spec, there) for spec in specs]
    if output is Format.JSON:
        print_json({"format": LIST_FORMAT, "items": [row(gap) | {"new": new} for gap, new in found]})
    else:
        for gap, new in found:
            _tell(gap, new=new)
    return Exit.OK


def wishes_of(text: str) -> tuple[tuple[str, ...], str]:
    """The wishes of a text, and where they come from. A text that marks wishes holds those and no other."""
    whole = sys.stdin.read(65_536) if text == "-" else text
    if text == "-" or MARK in whole:
        found = needs(whole)[:MOST_OF_A_TEXT]
        if not found:
            raise Failure(f"the text asks for nothing: write {MARK}: and what is missing", Exit.UNUSABLE)
        return found, "Text"
    return (whole.strip(),), "Person"


def _spec(asked: Asked, wish: str, origin: str) -> JsonObject:
    """Raises Failure, that names the field."""
    spec: JsonObject = {
        "wish": wish,
        "origin": origin,
        "tried": list(asked.tried),
        "checked": list(asked.checked),
        "examples": [_example(text) for text in asked.examples],
        "toolName": asked.name or None,
        "template": named(asked.template, asked.parameters),
    }
    kept = {key: value for key, value in spec.items() if value not in (None, [])}
    try:
        return CapabilityGapSpec.model_validate(kept).wire()
    except ValidationError as error:
        field = str(error.errors(include_input=False, include_url=False)[0]["loc"][0])
        said = f"{TYPED.get(field, field)}: {problems(error, CapabilityGapSpec)}"
        raise Failure(said, Exit.UNUSABLE) from error


def _example(text: str) -> Any:
    try:
        value = json.loads(text)
    except ValueError as error:
        raise Failure(f"--example is not JSON: {error}", Exit.UNUSABLE) from error
    if not isinstance(value, dict) or not value.keys() <= {"arguments", "result"} or "result" not in value:
        sample = '{"arguments": {"text": "a b"}, "result": {"words": 2}}'
        raise Failure(f"--example must be an object such as '{sample}'", Exit.UNUSABLE)
    return value


async def _require_zone(session: Session) -> None:
    """Raises Failure in a namespace that is seen to be no serving zone: nothing there would come of a gap."""
    try:
        found = await session.client.get(NAMESPACE, "", session.namespace)
    except Denied:
        return  # who may not read namespaces hears it from the gap itself
    labels = (found or {}).get("metadata", {}).get("labels") or {}
    if found is None or labels.get(ZONE) != "serving":
        what = "is no serving zone" if found else "is not there"
        raise Failure(
            f"namespace {session.namespace} {what}, so nothing would come of it: name one that is by -n "
            f"(kubectl get namespaces -l {ZONE}=serving), or have an administrator run cupel zone init"
        )


async def _known(session: Session) -> list[CapabilityGap]:
    """All that was asked for, also what is closed or answered; nothing where one may not know."""
    try:
        return await _all(session)
    except Denied as denied:
        if denied.code != 403:
            raise
        return []


async def _recorded(
    session: Session, spec: JsonObject, there: list[CapabilityGap]
) -> tuple[CapabilityGap, bool]:
    """The gap, and whether it is new."""
    near = [(likeness(spec["wish"], gap.spec.wish), gap.name, gap) for gap in there]
    same = max((one for one in near if one[0] >= SAME), default=None)
    if same is not None:
        return same[2], False
    wanted = CapabilityGapSpec.model_validate(spec)
    name = name_of(wanted.wish, wanted.template)
    metadata = {"name": name, "namespace": session.namespace}
    body = {"apiVersion": API_VERSION, "kind": "CapabilityGap", "metadata": metadata, "spec": spec}
    try:
        return parsed(CapabilityGap, await session.client.create(body, manager=MANAGER)), True
    except Weather as weather:
        if weather.code != CONFLICT:
            raise
    found = await session.client.get(CAPABILITY_GAP, session.namespace, name)
    if found is None:
        raise Failure(f"gap {name} was deleted just now: ask again")
    return parsed(CapabilityGap, found), False


def _tell(gap: CapabilityGap, *, new: bool) -> None:
    out = console()
    word, reason, message = standing(gap)
    out.print(f"{'made' if new else 'asked for already:'} {gap.namespace}/{gap.name}")
    if not new:
        out.print(f"wish: {one_line(gap.spec.wish)[:200]}")
    out.print(f"{word}{f' ({reason})' if reason else ''}: {message}")
    if gap.status.plan is None and gap.spec.template is None and is_open(gap):
        if said := advice(gap.spec.wish, gap.spec.examples):
            out.print(said)
    out.print(f"to follow it: kubectl get gap {gap.name} -n {gap.namespace} -w")


async def gaps(session: Session, output: Format) -> Exit:
    """The gaps of the namespace, what matters most first."""
    found = sorted(await _all(session), key=_weight)
    if output is Format.JSON:
        print_json({"format": LIST_FORMAT, "items": [row(gap) for gap in found]})
    elif found:
        console().print(_table(found))
    else:
        note(f"no CapabilityGaps in namespace {session.namespace}")
    return Exit.OK


async def _all(session: Session) -> list[CapabilityGap]:
    answer = await session.client.list(CAPABILITY_GAP, session.namespace)
    return [parsed(CapabilityGap, body) for body in answer.get("items") or ()]


def _weight(gap: CapabilityGap) -> tuple[bool, int, int, str]:
    return not is_open(gap), -(gap.status.priority_per_mille or 0), -gap.reports, gap.name


def row(gap: CapabilityGap) -> JsonObject:
    """A gap as JSON; the keys are always there."""
    word, reason, message = standing(gap)
    return {
        "name": gap.name,
        "namespace": gap.namespace,
        "wish": gap.spec.wish,
        "state": word,
        "reason": reason,
        "message": message,
        "reports": gap.reports,
        "tool": gap.status.tool,
        "recommendation": gap.status.recommendation,
        "priorityPerMille": gap.status.priority_per_mille,
    }


def _table(found: list[CapabilityGap]) -> Table:
    table = Table(box=None, pad_edge=False)
    for title in ("GAP", "STATE", "REASON", "REPORTS", "TOOL", "AGE", "WISH"):
        table.add_column(title, no_wrap=True)
    for gap in found:
        word, reason, _ = standing(gap)
        born = ago(gap.metadata.creation_timestamp, now())
        wish = cut(one_line(gap.spec.wish), LONGEST_SHOWN)
        table.add_row(gap.name, word, reason, str(gap.reports), gap.status.tool or "", born, wish)
    return table
