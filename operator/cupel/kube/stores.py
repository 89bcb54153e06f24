"""What the cluster looks like, in memory: fed by watch events, by lists, and by answers to our own writes.

Objects are kept trimmed, as JSON text: a tenth of the memory of nested dicts, and parsed in microseconds
when a pass needs one.
"""

from __future__ import annotations

import json
from collections import Counter, OrderedDict, defaultdict
from collections.abc import Callable, Hashable, Iterator, Set
from dataclasses import dataclass, field
from typing import Any, TypeVar

from cupel.api import names
from cupel.api.common import JsonObject
from cupel.decide.canary_time import LEAST_CALLS
from cupel.decide.revision_world import READ_OF_POLICY

from .gap_marks import marks_of_gap, shown_by_gap
from .resources import AUTONOMY_POLICY, CAPABILITY_GAP, GENERATED_TOOL, TOOL_POLICY, Kind
from .trim import trim

MAX_GRAVES = 50_000
T = TypeVar("T")
Key = tuple[str, str]
"""(namespace, name)"""
Mark = tuple[str, str, str]
"""What objects are found by: (what, serving namespace, name).

What: "tool", "revision", "toolName", "policy", the tool an AutonomyPolicy names ("flown"), the gap a tool was
made for ("gap"), the tool a gap counts on ("answer"), the policy that has no room for it ("crowded"),
the template and parameters a gap is planned by ("plan"), the policy of one that waits for another's ("same"),
that other's name ("alike"), and its policy and words, where it names a template or document ("named") and
where it does not ("said").
"""


@dataclass(frozen=True, slots=True)
class Rules:
    """Of a ToolPolicy: what passes over others read of it, as JSON: its spec, never its status."""

    revisions: str
    """What revisions go by."""
    spec: str
    """What tools go by: all of its spec."""


@dataclass(frozen=True, slots=True)
class Stored:
    """One object as it was last seen."""

    namespace: str
    name: str
    uid: str
    version: int
    labels: dict[str, str]
    marks: tuple[Mark, ...]
    deleting: bool
    content: str
    """The trimmed object, as JSON."""
    outward: Hashable
    """What passes over other objects read of it; an unequal one wakes them. None: anything may be read."""
    known: dict[Hashable, Any] = field(default_factory=dict, compare=False, repr=False)
    """What was worked out from it, kept as long as the object stays as it is."""

    def body(self) -> JsonObject:
        """A fresh copy of the trimmed object."""
        parsed: JsonObject = json.loads(self.content)
        return parsed

    def once(self, view: Callable[[Stored], T]) -> T:
        """What `view` makes of this object; made once."""
        if view not in self.known:
            self.known[view] = view(self)
        found: T = self.known[view]
        return found

    @property
    def home(self) -> str:
        """The serving namespace it was made for."""
        return self.labels.get(names.SERVING_NAMESPACE, self.namespace)


@dataclass
class Store:
    """All objects of one kind. A view older than what is known, or older than a deletion, changes nothing."""

    kind: Kind
    objects: dict[Key, Stored] = field(default_factory=dict)
    by_namespace: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    by_mark: dict[Mark, set[Key]] = field(default_factory=lambda: defaultdict(set))
    graves: OrderedDict[Key, int] = field(default_factory=OrderedDict)
    """Newest resourceVersion at which an object of this name was seen deleted."""
    turns: Counter[str] = field(default_factory=Counter)
    """How often something that others read has changed, by namespace."""
    listed: bool = False
    """Whether everything was listed once."""

    def get(self, namespace: str, name: str) -> Stored | None:
        return self.objects.get((namespace, name))

    def within(self, namespace: str) -> Iterator[Stored]:
        """Objects of a namespace, by name."""
        return (self.objects[(namespace, name)] for name in sorted(self.by_namespace.get(namespace, ())))

    def marked(self, mark: Mark) -> Iterator[Stored]:
        """Objects with a mark, wherever they are, by namespace and name."""
        return (self.objects[key] for key in sorted(self.by_mark.get(mark, ())))

    def put(self, body: JsonObject) -> bool:
        """Take in an object as seen. Answers whether it was news."""
        key = (body["metadata"].get("namespace", ""), body["metadata"]["name"])
        version = int(body["metadata"]["resourceVersion"])
        known = self.objects.get(key)
        if (known is not None and known.version >= version) or self.graves.get(key, -1) >= version:
            return False
        if known is not None:
            self._unlink(key, known)
        seen = stored(self.kind, body)
        if known is None or known.outward != seen.outward:
            self.turns[seen.namespace] += 1
        self.objects[key] = seen
        self.by_namespace[seen.namespace].add(seen.name)
        for mark in seen.marks:
            self.by_mark[mark].add(key)
        return True

    def drop(self, namespace: str, name: str, version: int) -> bool:
        """Take in that an object is gone as of `version`. Answers whether it was news."""
        key = (namespace, name)
        known = self.objects.get(key)
        if known is not None and known.version > version:
            return False
        self.graves[key] = max(version, self.graves.pop(key, 0))
        while len(self.graves) > MAX_GRAVES:
            self.graves.popitem(last=False)
        if known is None:
            return False
        self._unlink(key, known)
        self.turns[namespace] += 1
        del self.objects[key]
        return True

    def keep(self, present: Set[Key], version: int) -> list[Stored]:
        """Take in that at `version` there was nothing else. Answers what is gone."""
        absent = [known for key, known in self.objects.items() if key not in present]
        return [known for known in absent if self.drop(known.namespace, known.name, version)]

    def _unlink(self, key: Key, known: Stored) -> None:
        self.by_namespace[known.namespace].discard(known.name)
        if not self.by_namespace[known.namespace]:
            del self.by_namespace[known.namespace]
        for mark in known.marks:
            self.by_mark[mark].discard(key)
            if not self.by_mark[mark]:
                del self.by_mark[mark]


def stored(kind: Kind, body: JsonObject) -> Stored:
    """An object, trimmed. resourceVersions of one kind are comparable numbers (KEP-5504)."""
    metadata = body["metadata"]
    return Stored(
        namespace=metadata.get("namespace", ""),
        name=metadata["name"],
        uid=metadata.get("uid", ""),
        version=int(metadata["resourceVersion"]),
        labels=dict(metadata.get("labels") or {}),
        marks=tuple(_marks(kind, body)),
        deleting="deletionTimestamp" in metadata,
        outward=OUTWARD[kind](body) if kind in OUTWARD else None,
        content=json.dumps(trim(kind.name, body), separators=(",", ":"), ensure_ascii=False),
    )


def _of_policy(policy: JsonObject) -> Rules:
    spec: JsonObject = policy.get("spec") or {}
    read = {name: spec.get(name) for name in READ_OF_POLICY}
    return Rules(json.dumps(read, sort_keys=True), json.dumps(spec, sort_keys=True))


def _of_tool(tool: JsonObject) -> Hashable:
    """Of a GeneratedTool: what its revisions and namesakes go by, the spec by its generation."""
    metadata, status = tool["metadata"], tool.get("status") or {}
    serving = status.get("serving") or {}
    written = (metadata.get("uid"), metadata.get("generation"), "deletionTimestamp" in metadata)
    return *written, status.get("digest"), serving.get("digest")


def _asked(policy: JsonObject) -> Hashable:
    """Of an AutonomyPolicy: what the tool it names goes by; what it sees and believes is no concern of it."""
    metadata, status = policy["metadata"], policy.get("status") or {}
    ready = [(c["status"], c["reason"]) for c in status.get("conditions") or () if c["type"] == "Ready"]
    written = (metadata.get("uid"), metadata.get("generation"), "deletionTimestamp" in metadata)
    evidence = status.get("evidence") or {}
    verdict = [evidence.get(key) for key in ("digest", "reason")]
    tried = _tried(evidence.get("canary") or {})
    return *written, status.get("desiredReplicas"), status.get("desiredAt"), *verdict, *tried, *ready


def _tried(canary: JsonObject) -> Iterator[Hashable]:
    """How much a canary was called, in the steps that decide: whole minutes, the first calls."""
    yield canary.get("since")
    yield from (canary.get(key, 0) // 60 for key in ("calledSeconds", "watchedSeconds"))
    yield min(canary.get("calls", 0), LEAST_CALLS)
    yield canary.get("callsBeside", 0) > 0


OUTWARD: dict[Kind, Callable[[JsonObject], Hashable]] = {
    GENERATED_TOOL: _of_tool,
    TOOL_POLICY: _of_policy,
    AUTONOMY_POLICY: _asked,
    CAPABILITY_GAP: shown_by_gap,
}


def _marks(kind: Kind, body: JsonObject) -> Iterator[Mark]:
    metadata = body["metadata"]
    marks = metadata.get("labels") or {}
    home = marks.get(names.SERVING_NAMESPACE, metadata.get("namespace", ""))
    if kind is GENERATED_TOOL:
        spec = body.get("spec", {})
        yield "toolName", home, spec.get("interface", {}).get("toolName") or metadata["name"]
        yield "policy", home, spec.get("policyRef", {}).get("name", "default")
        if names.GAP in marks:
            yield "gap", home, marks[names.GAP]
        return
    if kind is CAPABILITY_GAP:
        yield from marks_of_gap(home, body)
        return
    if kind is AUTONOMY_POLICY:
        target = body.get("spec", {}).get("targetRef", {})
        if target.get("kind") == GENERATED_TOOL.name:
            yield "flown", home, target.get("name", "")
        return
    if names.TOOL in marks:
        yield "tool", home, marks[names.TOOL]
    if names.REVISION in marks:
        yield "revision", home, marks[names.REVISION]
