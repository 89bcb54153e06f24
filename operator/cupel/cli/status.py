"""`status TOOL`: wait until it serves, was refused, or a person must act; the exit code says which."""

from __future__ import annotations

from contextlib import aclosing

from rich.text import Text

from cupel.api.common import Condition
from cupel.decide.harmless import one_line
from cupel.decide.summary import FOR_PEOPLE

from .facts import facts
from .output import Exit, Format, console, print_json
from .seen import Seen
from .session import Session
from .watching import until, watching

FORMAT = "cupel.dev/status/v1"
MEANING = {
    Exit.OK: "Ready",
    Exit.REFUSED: "Refused",
    Exit.UNUSABLE: "WaitsForPerson",
    Exit.TIMEOUT: "Timeout",
}


def verdict(seen: Seen) -> Exit | None:
    """What there is to say for good; None while it goes on by itself, or the spec was not looked at yet."""
    ready = seen.ready
    if ready is None or not seen.fresh:
        return None
    if ready.status == "True":
        return Exit.OK
    if seen.condition("Stalled") is not None:
        return Exit.REFUSED
    return Exit.UNUSABLE if ready.reason in FOR_PEOPLE else None


async def status(session: Session, tool: str, timeout: int, output: Format) -> Exit:
    """Wait at most `timeout` seconds; 0: say how it is now."""
    seen = await until(session, tool, timeout, lambda sight: verdict(sight) is not None) if timeout else None
    if seen is None:
        seen = await _now(session, tool)
    code = verdict(seen)
    code = Exit.TIMEOUT if code is None else code
    if output is Format.JSON:
        print_json(facts(seen) | {"format": FORMAT, "status": MEANING[code]})
    else:
        console().print(_line(seen, code))
    return code


async def _now(session: Session, tool: str) -> Seen:
    async with aclosing(watching(session, tool)) as sights:
        return await anext(sights)


def _line(seen: Seen, code: Exit) -> Text:
    name = f"{seen.tool.namespace}/{seen.tool.name}"
    ready = seen.ready
    if ready is None or not seen.fresh:
        return Text(f"{name}: {MEANING[code]}: the operator has not looked at this spec yet")
    return Text(f"{name}: {MEANING[code]}: {_reason(ready)}")


def _reason(ready: Condition) -> str:
    return f"{ready.reason}{': ' + one_line(ready.message) if ready.message else ''}"
