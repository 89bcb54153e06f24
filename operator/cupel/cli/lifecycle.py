"""`archive`, `unarchive`, `retire` and `unretire`: taking a tool out of use, and back, by one patch each."""

from __future__ import annotations

from rich.text import Text

from cupel.api.common import JsonObject
from cupel.api.names import ARCHIVE, USED
from cupel.clock import now
from cupel.kube.resources import GENERATED_TOOL

from .output import Exit, Failure, console, note
from .seen import Seen, look
from .session import MANAGER, Session
from .watching import until

KEPT = (
    "a tool that is called just now, or that an AutonomyPolicy flies with minReplicas of 1 or more, "
    "is not archived yet: the request stands, and unarchive takes it back"
)


async def archive(session: Session, tool: str, timeout: int) -> Exit:
    """As if nobody had called it for long: no Pod, not listed, until a call."""
    seen = await look(session, tool)
    if seen.tool.status.serving is None:
        raise Failure(f"nothing of {tool} serves, so there is nothing to archive")
    if seen.tool.spec.lifecycle == "Retired":
        raise Failure(f"{tool} is retired: no Pod of it runs, and no call wakes it")
    if seen.tool.spec.serving.replicas == 0:
        raise Failure(
            f"{tool} is switched off by spec.serving.replicas: 0: no Pod of it runs, and no call wakes it"
        )
    await _patch(session, tool, {"metadata": {"annotations": {ARCHIVE: f"{now():%Y-%m-%dT%H:%M:%SZ}"}}})
    after = await until(session, tool, timeout, _archived)
    if after is None:
        note(KEPT)
        return _late(session, tool, timeout)
    console().print(Text(f"{tool} is archived: no Pod, not listed; the next call of it wakes it"))
    console().print(f"to bring it back: kubectl cupel unarchive {tool} -n {session.namespace}")
    return Exit.OK


def _archived(seen: Seen) -> bool:
    serving = seen.tool.status.serving
    return serving is not None and serving.sleep == "Archived"


async def unarchive(session: Session, tool: str, timeout: int) -> Exit:
    """Say that it is wanted, and wait until it has a Pod again. Of a tool in use: it counts as a call."""
    seen = await look(session, tool)
    if seen.tool.spec.lifecycle == "Retired":
        raise Failure(
            f"{tool} is retired, not archived: kubectl cupel unretire {tool} -n {session.namespace}"
        )
    await _patch(session, tool, {"metadata": {"annotations": {USED: f"{now():%Y-%m-%dT%H:%M:%SZ}"}}})
    after = await until(session, tool, timeout, _awake)
    if after is None:
        return _late(session, tool, timeout)
    console().print(Text(f"{tool} is listed again, and counts as used today", style="green"))
    return Exit.OK


def _awake(seen: Seen) -> bool:
    serving = seen.tool.status.serving
    return serving is None or serving.sleep not in ("Archived", "Waking")


async def retire(session: Session, tool: str, successor: str, timeout: int) -> Exit:
    """No Pod runs any more; calls are told so, and which tool to use instead."""
    seen = await look(session, tool)
    if successor == tool:
        raise Failure(f"--successor must name another tool than {tool}", Exit.UNUSABLE)
    if successor:
        await look(session, successor)
    heir = successor or seen.tool.spec.successor
    await _patch(session, tool, {"spec": {"lifecycle": "Retired", "successor": heir}})
    after = await until(session, tool, timeout, _retired)
    if after is None:
        return _late(session, tool, timeout)
    told = f"calls are told to use {heir}" if heir else "calls are told so"
    console().print(Text(f"{tool} is retired: {told}"))
    console().print(f"to bring it back: kubectl cupel unretire {tool} -n {session.namespace}")
    return Exit.OK


def _retired(seen: Seen) -> bool:
    return bool(seen.fresh and seen.ready and seen.ready.reason == "Retired")


async def unretire(session: Session, tool: str, timeout: int) -> Exit:
    """Back in use: what was approved serves again, and nothing names another any more."""
    await look(session, tool)
    await _patch(session, tool, {"spec": {"lifecycle": "Active", "successor": None}})
    after = await until(session, tool, timeout, lambda seen: bool(seen.fresh) and not _retired(seen))
    if after is None or after.ready is None:
        return _late(session, tool, timeout)
    console().print(Text(f"{tool} is in use again: Ready={after.ready.status} {after.ready.reason}"))
    return Exit.OK


async def _patch(session: Session, tool: str, patch: JsonObject) -> None:
    await session.client.merge_patch(GENERATED_TOOL, session.namespace, tool, patch, manager=MANAGER)


def _late(session: Session, tool: str, timeout: int) -> Exit:
    console().print(f"not done after {timeout} s: kubectl cupel get {tool} -n {session.namespace}")
    return Exit.TIMEOUT
