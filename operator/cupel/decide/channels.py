"""Which channels still have to say yes to a digest, of whom, and the command for each."""

from __future__ import annotations

from typing import Literal

from cupel.api.approval_ledger import Entry

from .zone import Separation

Channel = Literal["review", "code"]
COMMANDS: dict[Channel, str] = {
    "review": "kubectl cupel approve {tool} -n {namespace}",
    "code": "kubectl cupel approve {tool} -n {namespace} --code -",
}
NAMES: dict[Channel, str] = {"review": "a review", "code": "a one-time code"}
ENROLL = "kubectl cupel codes enroll"
"""What somebody does once before their first code."""


def missing(entry: Entry | None, needed: int, askers: frozenset[str] = frozenset()) -> tuple[Channel, ...]:
    """Channels that must still approve. One of two is enough: then the review, which needs nothing set up."""
    said = {"review": entry.review, "code": entry.code} if entry else {}
    yes = {name for name, d in said.items() if d and d.decision == "Approve" and d.by not in askers}
    if len(yes) >= needed:
        return ()
    silent: tuple[Channel, ...] = tuple(channel for channel in COMMANDS if channel not in yes)
    return silent if needed > 1 else silent[:1]


def approvers(entry: Entry | None) -> tuple[str, ...]:
    """Who said yes, on either channel."""
    said = (entry.review, entry.code) if entry else ()
    return tuple(d.by for d in said if d and d.decision == "Approve")


def ways(
    lacking: tuple[Channel, ...], spoke: tuple[str, ...], separation: Separation, tool: str, namespace: str
) -> str:
    """One sentence: what is lacking, of whom, and the commands; `spoke` are those who said yes already."""
    first, *rest = (_way(channel, tool, namespace) for channel in lacking)
    if separation != "TwoPeople":
        return " and ".join([first, *rest])
    if spoke:
        return f"{first}, of somebody else than {spoke[0]}"
    return ", and of another person ".join([first, *rest])


def _way(channel: Channel, tool: str, namespace: str) -> str:
    command = COMMANDS[channel].format(tool=tool, namespace=namespace)
    once = f"; once before: {ENROLL}" if channel == "code" else ""
    return f"{NAMES[channel]} ({command}{once})"
