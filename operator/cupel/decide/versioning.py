"""The version of each revision: what changed against the one before, and which digest has which version.

Versions only rise. A digest keeps the one it was given, and none is given twice.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from cupel.analysis.schemas import SchemaProblem, compiled
from cupel.api.bundle import Bundle, canonical
from cupel.api.common import JsonObject
from cupel.api.permissions import Permissions
from cupel.api.tool_revision import ToolRevision
from cupel.api.version import FIRST, MOST_VERSIONS, Level, Numbers

from .containment import Place, bare, unproved

Versions = Mapping[str, str]
"""Digest by version."""
MOST_SAID = 3


@dataclass(frozen=True)
class Change:
    """What changed, as somebody who calls the tool sees it."""

    level: Level
    because: tuple[str, ...] = ()
    """Sentences; of a Patch none: nothing that is seen has changed."""

    def __str__(self) -> str:
        said = self.because[:MOST_SAID]
        more = f" and {len(self.because) - MOST_SAID} more" if len(self.because) > MOST_SAID else ""
        return f"{self.level.lower()}: {'; '.join(said) or 'what callers see is unchanged'}{more}"


UNKNOWN = Change("Major", ("the revision before is not there to compare with",))


def change(before: Bundle, after: Bundle) -> Change:
    """The table is in docs/lifecycle.md. What is not proved compatible is Major."""
    if broken := tuple(_broken(before, after)):
        return Change("Major", broken)
    grown = tuple(_grown(before, after))
    return Change("Minor", grown) if grown else Change("Patch")


def _broken(before: Bundle, after: Bundle) -> Iterator[str]:
    old, new = before.interface, after.interface
    if old.tool_name != new.tool_name:
        yield f"`toolName` was {old.tool_name}"
    arguments = Place("input", "input", by_name=_by_name(before.code))
    yield from _unproved(old.input_schema, new.input_schema, arguments)
    yield from _unproved(old.output_schema, new.output_schema, Place("output", "output"))


def _by_name(code: str) -> bool:
    """Whether `run` takes the arguments it names and no others (`**others`), as far as that can be seen."""
    try:
        body = ast.parse(code).body
    except (SyntaxError, ValueError, RecursionError):
        return False
    runs = [one for one in body if isinstance(one, ast.FunctionDef) and one.name == "run"]
    return bool(runs) and all(one.args.kwarg is None for one in runs)


def _unproved(before: JsonObject, after: JsonObject, place: Place) -> Iterator[str]:
    try:
        old, new = bare(compiled(before).schema), bare(compiled(after).schema)
    except SchemaProblem:
        yield place.says("cannot be compared")
        return
    yield from unproved(old, new, place)


def _grown(before: Bundle, after: Bundle) -> Iterator[str]:
    """What callers see otherwise, and can live with."""
    if before.description != after.description:
        yield "the description is another"
    for side in ("input_schema", "output_schema"):
        yield from _otherwise(
            side.removesuffix("_schema"), getattr(before.interface, side), getattr(after.interface, side)
        )
    if _shown(before.permissions) != _shown(after.permissions):
        yield "its hints are others, for its permissions are"
    elif _rights(after.permissions) - _rights(before.permissions):
        yield "its permissions grew"


def _otherwise(side: str, old: JsonObject, new: JsonObject) -> Iterator[str]:
    """Fields that are new, by name; and whether anything else reads otherwise."""
    fresh = [name for name in _fields(new) if name not in _fields(old)]
    if fresh:
        named = ", ".join(f"`{side}.{name}`" for name in fresh[:MOST_SAID])
        more = f" and {len(fresh) - MOST_SAID} more" if len(fresh) > MOST_SAID else ""
        yield f"new{', and optional' if side == 'input' else ''}: {named}{more}"
    if canonical(_without(fresh, new)) != canonical(old):
        yield f"`{side}` says more, or says it otherwise"


def _without(names: list[str], schema: JsonObject) -> JsonObject:
    if not names:
        return schema
    rest = schema | {
        "properties": {name: each for name, each in _fields(schema).items() if name not in names}
    }
    if isinstance(required := schema.get("required"), list):
        rest["required"] = [name for name in required if name not in names]
    return rest


def _fields(schema: JsonObject) -> JsonObject:
    found = schema.get("properties")
    return found if isinstance(found, dict) else {}


def _shown(permissions: Permissions) -> tuple[bool, str]:
    """What MCP's hints are made of."""
    return bool(permissions.egress), permissions.state


def _rights(permissions: Permissions) -> frozenset[str]:
    return frozenset((*permissions.egress, *permissions.credentials))


def version_of(versions: Versions, digest: str) -> str | None:
    """The version a digest was given."""
    return next((version for version, of in versions.items() if of == digest), None)


def ordered(versions: Iterable[str]) -> list[str]:
    """From the lowest to the highest."""
    return sorted(versions, key=Numbers.of)


def newest(versions: Versions) -> str:
    """The digest of the highest version; empty when none was given."""
    return versions[ordered(versions)[-1]] if versions else ""


def given(versions: Versions, revisions: Iterable[ToolRevision]) -> Versions:
    """With every revision that is there: by the version it bears, else (it is older than versions) by age."""
    there, known = tuple(revisions), dict(versions)
    if {rev.spec.digest for rev in there} <= set(known.values()):
        return versions
    revs = sorted(there, key=_age)
    for rev in revs:
        bears = rev.spec.version
        if bears and bears not in known and version_of(known, rev.spec.digest) is None:
            known[bears] = rev.spec.digest
    for rev in revs:
        if version_of(known, rev.spec.digest) is None:
            known[next_version(known, revs, rev.spec.bundle)[0]] = rev.spec.digest
    return bounded(known, revs)


def next_version(versions: Versions, revisions: Iterable[ToolRevision], bundle: Bundle) -> tuple[str, str]:
    """The version for new content, and why that one."""
    if not versions:
        return FIRST, "the first"
    top = newest(versions)
    before = next((rev for rev in revisions if rev.spec.digest == top), None)
    found = change(before.spec.bundle, bundle) if before else UNKNOWN
    return Numbers.of(ordered(versions)[-1]).raised(found.level), str(found)


def bounded(versions: Versions, revisions: Iterable[ToolRevision]) -> Versions:
    """As many as a status holds: the lowest go first, of revisions that are gone. The highest stays."""
    standing = {rev.spec.digest for rev in revisions}
    order = ordered(versions)
    gone = [each for each in order[:-1] if versions[each] not in standing]
    dropped = {*gone[: max(len(order) - MOST_VERSIONS, 0)]}
    return {each: versions[each] for each in order if each not in dropped}


def _age(rev: ToolRevision) -> tuple[str, str]:
    created = rev.metadata.creation_timestamp
    return (created.isoformat() if created else "", rev.name)
