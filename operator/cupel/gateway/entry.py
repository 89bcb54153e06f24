"""One tool of the catalogue, and what must hold before it is there. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from cupel.analysis.schemas import SchemaProblem, compiled
from cupel.api.approval_ledger import ApprovalLedger
from cupel.api.common import JsonObject
from cupel.api.generated_tool import GeneratedTool
from cupel.api.permissions import Permissions
from cupel.api.serving import CanaryStatus
from cupel.api.tool_revision import ToolRevision
from cupel.decide.approvals import may_serve


@dataclass(frozen=True)
class Hints:
    """MCP tool annotations, derived from permissions that were proved, never from what the tool claims."""

    read_only: bool
    destructive: bool
    idempotent: bool
    open_world: bool


@dataclass(frozen=True)
class Proven:
    """A revision whose bundle was hashed and whose schemas were compiled: done once for each revision."""

    digest: str
    tool: str
    tool_name: str
    description: str
    input_schema: JsonObject
    output_schema: JsonObject
    arguments: Any
    """Validator of arguments."""
    result: Any
    """Validator of results."""
    permissions: Permissions


@dataclass(frozen=True)
class Means:
    """What this gateway has for tools besides their Pods."""

    store: bool = False
    """A store to keep state in."""
    proxy: str = ""
    """URL of the egress proxy, as tools reach it; empty when there is none."""


NOTHING = Means()


@dataclass(frozen=True)
class Entry:
    """A tool that is approved and serves."""

    namespace: str
    tool: str
    uid: str
    """Of the GeneratedTool: a tool deleted and made anew is another one."""
    policy: str
    """Its ToolPolicy."""
    proven: Proven
    timeout_seconds: int
    memory_mebibytes: int
    missing: str = ""
    """What this gateway would need to call it; empty when it can."""
    proxy: str = ""
    """The egress proxy's URL, for a tool that may call out; no other is told where it is."""
    canary: CanaryStatus | None = None
    """What gets a share of its calls; see `sharing`."""
    version: str = ""
    """Semantic version of the revision; empty where the operator has given it none yet."""
    archived: bool = False
    """Nobody called it for long: it is not listed, and answers all the same."""
    retired: bool = False
    """A person took it out of use: it is not listed, and calls are told so."""
    successor: str = ""
    """GeneratedTool to use instead of one that is retired; empty: none was named."""
    pinned: bool = False
    """The caller named this version: no other answers."""

    @property
    def tool_name(self) -> str:
        return self.proven.tool_name

    @property
    def digest(self) -> str:
        return self.proven.digest

    @property
    def digests(self) -> tuple[str, ...]:
        """What gets its calls: the revision that serves, and the canary beside it."""
        return (self.digest, self.canary.digest) if self.canary else (self.digest,)

    @property
    def repeatable(self) -> bool:
        """Whether a call that may have reached the tool can be made again: it changes nothing outside."""
        return not self.proven.permissions.egress

    @property
    def keeps_state(self) -> bool:
        return self.proven.permissions.state != "None"

    @property
    def hints(self) -> Hints:
        return hints(self.proven.permissions)


def prove(revision: ToolRevision) -> Proven | str:
    """Hash the bundle and compile its schemas; a sentence when they do not hold."""
    bundle = revision.spec.bundle
    if bundle.digest() != revision.spec.digest:
        return "the bundle of the ToolRevision does not have the digest it claims"
    try:
        arguments, result = (
            compiled(bundle.interface.input_schema),
            compiled(bundle.interface.output_schema),
        )
    except SchemaProblem as problem:
        return f"a schema cannot be used: {problem}"
    return Proven(
        digest=revision.spec.digest,
        tool=bundle.tool,
        tool_name=bundle.interface.tool_name or bundle.tool,
        description=bundle.description,
        input_schema=bundle.interface.input_schema,
        output_schema=bundle.interface.output_schema,
        arguments=arguments,
        result=result,
        permissions=bundle.permissions,
    )


def admit(
    tool: GeneratedTool, proven: Proven | str | None, ledger: ApprovalLedger | None, means: Means
) -> Entry | str:
    """The entry of a tool that may be listed and called; otherwise one sentence why not."""
    serving = tool.status.serving
    if serving is None:
        return "nothing serves"
    if proven is None:
        return f"the ToolRevision {serving.revision} that serves is not there"
    if isinstance(proven, str):
        return proven
    if (proven.digest, proven.tool) != (serving.digest, tool.name):
        return f"the ToolRevision {serving.revision} is not of the digest and tool that serve"
    if problem := may_serve(ledger, proven.digest, proven.permissions.egress):
        return problem
    return Entry(
        namespace=tool.namespace,
        tool=tool.name,
        uid=tool.metadata.uid,
        policy=tool.spec.policy_ref.name,
        proven=proven,
        timeout_seconds=tool.spec.serving.timeout_seconds,
        memory_mebibytes=tool.spec.serving.memory_mebibytes,
        missing=missing(proven.permissions, means),
        proxy=means.proxy if proven.permissions.egress else "",
        canary=tool.status.canary,
        version=serving.version or "",
        archived=serving.sleep == "Archived",
        retired=tool.spec.lifecycle == "Retired",
        successor=tool.spec.successor or "",
    )


def missing(permissions: Permissions, means: Means = NOTHING) -> str:
    """What a call would need that this gateway does not have."""
    if permissions.state != "None" and not means.store:
        return "the tool keeps state between calls, and this gateway has no store to keep it in"
    if permissions.egress and not means.proxy:
        return "the tool calls out, and this gateway was told no egress proxy (CUPEL_EGRESS_PROXY)"
    return ""


def hints(permissions: Permissions) -> Hints:
    """No egress, no state: a computation. State: it changes what later calls answer. Egress: anything."""
    if permissions.egress:
        return Hints(read_only=False, destructive=True, idempotent=False, open_world=True)
    if permissions.state != "None":
        return Hints(read_only=False, destructive=False, idempotent=False, open_world=False)
    return Hints(read_only=True, destructive=False, idempotent=True, open_world=False)


def elect(tools: Sequence[tuple[GeneratedTool, Entry]]) -> dict[str, Entry]:
    """Entries by tool name. Of two tools with one name the older keeps it: nobody can take it over."""

    def age(pair: tuple[GeneratedTool, Entry]) -> tuple[bool, float, str]:
        born = pair[0].metadata.creation_timestamp
        return (born is None, born.timestamp() if born else 0.0, pair[0].name)

    chosen: dict[str, Entry] = {}
    for _, entry in sorted(tools, key=age):
        chosen.setdefault(entry.tool_name, entry)
    return chosen
