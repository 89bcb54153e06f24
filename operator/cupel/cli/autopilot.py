"""`autopilot`: what one AutonomyPolicy sees, believes and does; once or live."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import AsyncGenerator
from contextlib import aclosing

from rich.console import Console
from rich.live import Live

from cupel.api.autonomy_policy import AutonomyPolicy
from cupel.clock import now
from cupel.kube.cli_access import another
from cupel.kube.resources import AUTONOMY_POLICY
from cupel.kube.watch import Feed, reflect

from .autopilot_view import WIDTH, drawn
from .output import Exit, Failure, Format, console, print_json
from .seen import parsed
from .session import Session
from .watching import Objects, end

FORMAT = "cupel.dev/autopilot/v1"


async def show(session: Session, name: str, output: Format) -> Exit:
    """What is known now. Raises Failure when there is no such policy."""
    found = await session.client.get(AUTONOMY_POLICY, session.namespace, name)
    if found is None:
        raise Failure(f"there is no AutonomyPolicy {name} in namespace {session.namespace}")
    _print(console(), parsed(AutonomyPolicy, found), output)
    return Exit.OK


async def watch(session: Session, name: str, output: Format) -> Exit:
    """Until interrupted. On a terminal one picture is redrawn; else each change is printed once."""
    out = console()
    async with aclosing(_changing(session, name)) as sights:
        if not out.is_terminal or output is Format.JSON:
            async for policy in sights:
                _print(out, policy, output)
            return Exit.OK
        past: deque[float] = deque(maxlen=WIDTH)
        with Live(console=out, auto_refresh=False) as live:
            async for policy in sights:
                if policy.status.believed:
                    past.append(float(policy.status.believed.level))
                live.update(drawn(policy, now(), tuple(past)), refresh=True)
    return Exit.OK


def _print(out: Console, policy: AutonomyPolicy, output: Format) -> None:
    if output is Format.JSON:
        place = {"namespace": policy.namespace, "name": policy.name}
        print_json({"format": FORMAT, **place, "spec": policy.spec.wire(), "status": policy.status.wire()})
    else:
        out.print(drawn(policy, now()))


async def _changing(session: Session, name: str) -> AsyncGenerator[AutonomyPolicy, None]:
    """The policy now, then after every change. Raises Failure when there is none, or no longer."""
    logging.getLogger("cupel.kube.watch").setLevel(logging.ERROR)  # a broken watch is renewed
    objects, known = Objects(asyncio.Event()), False
    feed = Feed(AUTONOMY_POLICY, namespace=session.namespace, field_selector=f"metadata.name={name}")
    client = another(session.client)
    tasks = [asyncio.create_task(reflect(client.api, feed, objects))]
    try:
        while True:
            await objects.news.wait()
            objects.news.clear()
            if name not in objects.found:
                gone = "was deleted" if known else f"is not in namespace {session.namespace}"
                raise Failure(f"AutonomyPolicy {name} {gone}")
            known = True
            yield parsed(AutonomyPolicy, objects.found[name])
    finally:
        await end(client, tasks)
