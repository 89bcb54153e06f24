"""`get`: one tool as a tree, or all tools of the namespace as a table; once or live."""

from __future__ import annotations

from contextlib import aclosing
from datetime import datetime

from rich.console import Console
from rich.live import Live
from rich.table import Table

from cupel.api.common import JsonObject
from cupel.api.generated_tool import GeneratedTool
from cupel.clock import now
from cupel.decide.harmless import one_line
from cupel.kube.resources import GENERATED_TOOL

from .facts import facts
from .output import Exit, Failure, Format, ago, console, note, print_json
from .seen import Seen, look, parsed
from .session import Session
from .tree import tree
from .watching import changing

LIST_FORMAT = "cupel.dev/get-list/v1"


async def show_one(session: Session, tool: str, output: Format) -> Exit:
    _print(console(), await look(session, tool), output)
    return Exit.OK


def _print(out: Console, seen: Seen, output: Format) -> None:
    if output is Format.JSON:
        print_json(facts(seen))
    else:
        out.print(tree(seen, now()))


async def watch_one(session: Session, tool: str, output: Format) -> Exit:
    """Until interrupted. On a terminal one tree is redrawn; else each change is printed once."""
    out = console()
    async with aclosing(changing(session, tool)) as sights:
        if not out.is_terminal or output is Format.JSON:
            async for seen in sights:
                _print(out, seen, output)
            return Exit.OK
        with Live(console=out, auto_refresh=False) as live:
            async for seen in sights:
                live.update(tree(seen, now()), refresh=True)
    return Exit.OK


async def show_all(session: Session, output: Format) -> Exit:
    answer = await session.client.list(GENERATED_TOOL, session.namespace)
    tools = [tool for body in answer.get("items") or () if (tool := _readable(body)) is not None]
    if output is Format.JSON:
        print_json({"format": LIST_FORMAT, "items": [_row(tool) for tool in tools]})
    elif tools:
        console().print(table(tools, now()))
    else:
        note(f"no GeneratedTools in namespace {session.namespace}")
    return Exit.OK


def _readable(body: JsonObject) -> GeneratedTool | None:
    """One unreadable tool must not hide the others."""
    try:
        return parsed(GeneratedTool, body)
    except Failure as failure:
        note(str(failure))
        return None


def _row(tool: GeneratedTool) -> JsonObject:
    ready = next((c for c in tool.status.conditions if c.type == "Ready"), None)
    return {
        "name": tool.name,
        "ready": ready.status if ready else "Unknown",
        "reason": ready.reason if ready else "NotSeen",
        "risk": tool.status.risk,
        "approvals": tool.status.approvals,
        "serves": tool.status.serving.revision if tool.status.serving else None,
        "version": tool.status.serving.version if tool.status.serving else None,
        "message": ready.message if ready else "",
    }


def table(tools: list[GeneratedTool], moment: datetime) -> Table:
    """As kubectl prints: no borders, capitals on top."""
    grid = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("NAME", "READY", "REASON", "RISK", "APPROVED", "SERVES", "VERSION", "AGE"):
        grid.add_column(heading, no_wrap=True)
    grid.add_column("MESSAGE", overflow="ellipsis", no_wrap=True)
    for tool in tools:
        row = _row(tool)
        keys = ("name", "ready", "reason", "risk", "approvals", "serves", "version")
        cells = [str(row[key] or "") for key in keys]
        age = ago(tool.metadata.creation_timestamp, moment)
        grid.add_row(*cells, age, "" if row["ready"] == "True" else one_line(row["message"]))
    return grid
