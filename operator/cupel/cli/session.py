"""One command's connection: opened with the caller's rights, closed at its end, its refusals put in words."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cupel.kube.target import Target

from .output import Exit, Failure, note

if TYPE_CHECKING:
    from cupel.kube.cli_access import Reached
    from cupel.kube.client import Client

FORBIDDEN = 403
ZONES = "kubectl get namespaces -l cupel.dev/zone=serving"
MANAGER = "cupel-cli"
"""Field manager of everything the command line writes."""


@dataclass(frozen=True)
class Session:
    """A connection to the API server as the caller."""

    client: Client
    namespace: str
    token: str


Work = Callable[[Session], Awaitable[Exit]]


def run(target: Target, work: Work) -> Exit:
    """Do `work` in one event loop; every way it can fail becomes one line and an exit code."""
    return told(lambda: asyncio.run(_with_session(target, work)))


def told(work: Callable[[], Exit]) -> Exit:
    """Do `work`; a Failure is told in one line and ends in its exit code."""
    try:
        return work()
    except Failure as failure:
        note(f"error: {failure}")
        return failure.code
    except KeyboardInterrupt:
        return Exit.TIMEOUT


async def _with_session(target: Target, work: Work) -> Exit:
    from cupel.kube.cli_access import NoCluster, reach
    from cupel.kube.errors import Denied, Unexpected, Weather
    from cupel.kube.refusals import BY_FLAG, in_words, unanswered

    try:
        reached = await reach(target)
    except NoCluster as error:
        raise Failure(str(error), Exit.UNREACHABLE) from error
    try:
        return await work(Session(reached.client, reached.namespace, reached.token))
    except Denied as denied:
        absent = await _absent(reached, denied.code)
        raise Failure(absent or in_words(str(denied), denied.code, BY_FLAG)) from denied
    except Weather as weather:
        raise Failure(unanswered(weather, reached.place), Exit.UNREACHABLE) from weather
    except Unexpected as error:
        raise Failure(f"the API server does not understand us: {error}", Exit.UNREACHABLE) from error
    finally:
        await reached.client.close()


async def _absent(reached: Reached, code: int) -> str:
    """A refusal for a namespace that is not there is most often a slip of the pen."""
    from cupel.kube.cli_access import is_absent

    if code != FORBIDDEN or not await is_absent(reached.client, reached.namespace):
        return ""
    return f"there is no namespace {reached.namespace}: -n names another; {ZONES} lists the zones"
