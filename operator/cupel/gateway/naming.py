"""By which name a caller lists and calls a tool. Pure; the rule is in docs/gateway.md.

A tool is listed by its plain name while no other tool the caller may call has it, and otherwise as
`<namespace>.<toolName>`, which is always accepted: namespaces hold no dots, so it has one meaning. Behind
either, `@` and a version may stand: then that version answers or none.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from .entry import Entry

AT = "@"
"""Before a version. No tool's name and no namespace has one."""


def pinned(entry: Entry, version: str) -> Entry | str:
    """The entry for a call that names a version; a sentence when another one serves."""
    if version == entry.version:
        return replace(entry, pinned=True)
    serves = f"version {entry.version} serves" if entry.version else "what serves has no version yet"
    return (
        f"version {version[:20]!r} of {entry.tool_name} does not serve: {serves}. Call {entry.tool_name} "
        "without a version, or with that one, and look at its schemas in the list of tools first"
    )


def qualified(entry: Entry) -> str:
    return f"{entry.namespace}.{entry.tool_name}"


@dataclass(frozen=True)
class View:
    """The tools one caller may call, by the names they go by."""

    listed: tuple[tuple[str, Entry], ...] = ()
    """Name and tool, in order of the name; only tools this gateway can call, and none that is archived."""
    found: tuple[tuple[str, Entry], ...] = ()
    """What a search finds: those listed, and archived ones."""
    known: Mapping[str, Entry] = field(default_factory=dict)
    """Every name that is accepted."""
    ambiguous: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Plain names several tools have, and the names to use instead."""


def view(entries: Iterable[Entry]) -> View:
    """The names of all tools in the caller's namespaces."""
    tools = sorted(entries, key=qualified)
    full = {qualified(entry): entry for entry in tools}
    times = Counter(entry.tool_name for entry in tools)
    plain = {e.tool_name: e for e in tools if times[e.tool_name] == 1 and e.tool_name not in full}
    listed = [
        (entry.tool_name if plain.get(entry.tool_name) is entry else name, entry)
        for name, entry in full.items()
        if not entry.missing and not entry.retired
    ]
    found = tuple(sorted(listed, key=lambda pair: pair[0]))
    return View(
        listed=tuple(pair for pair in found if not pair[1].archived),
        found=found,
        known={**plain, **full},
        ambiguous={
            name: tuple(q for q, entry in full.items() if entry.tool_name == name)
            for name, count in times.items()
            if count > 1
        },
    )


def view_of_one(entry: Entry | None) -> View:
    """The names at a tool's own path: one tool, plain and qualified."""
    if entry is None:
        return View()
    listed = () if entry.missing or entry.retired else ((entry.tool_name, entry),)
    return View(listed=listed, found=listed, known={entry.tool_name: entry, qualified(entry): entry})
