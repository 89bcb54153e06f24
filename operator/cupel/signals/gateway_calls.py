"""Of the gateway's /metrics: when each tool was called last, and which tools calls wait for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from .fetching import Unreadable

LAST_CALL = "cupel_gateway_last_call_timestamp_seconds"
HELD = "cupel_gateway_held_calls"
PATH = f"/metrics?name[]={LAST_CALL}&name[]={HELD}"
HELD_PATH = f"/metrics?name[]={HELD}"
LINE = re.compile(
    rb'^(%b|%b)\{namespace="([^"\\\n]*)",tool="([^"\\\n]*)"\} (\S+)$' % (LAST_CALL.encode(), HELD.encode()),
    re.M,
)
OURS_TO_READ = b"# TYPE cupel_gateway_"
Tool = tuple[str, str]
"""(namespace, MCP name)"""


@dataclass(frozen=True)
class CallsTold:
    """What one gateway Pod says."""

    last: Mapping[Tool, datetime]
    waiting: frozenset[Tool]


def calls_told(text: bytes) -> CallsTold:
    """Raises Unreadable when it is not a gateway's page."""
    if OURS_TO_READ not in text:
        raise Unreadable("its answer is not the gateway's /metrics")
    last: dict[Tool, datetime] = {}
    waiting: set[Tool] = set()
    try:
        for what, namespace, tool, value in LINE.findall(text):
            key = (namespace.decode(), tool.decode())
            if what == HELD.encode():
                waiting |= {key} if float(value) > 0 else set()
            else:
                last[key] = datetime.fromtimestamp(float(value), UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise Unreadable("its /metrics holds what is no time") from error
    return CallsTold(last, frozenset(waiting))
