"""The gate Accepted: references exist, schemas hold, examples keep to them, permissions lie in the policy."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache

from cupel.analysis.schemas import SchemaProblem, compiled, violation
from cupel.api.bundle import MAX_BUNDLE_BYTES, MAX_DEPTH, Bundle, bundle_of, canonical, nesting
from cupel.api.generated_tool import GeneratedTool
from cupel.api.tool_policy import ToolPolicy
from cupel.api.trial import Trial

from .plan import Outcome, passed, refused, waiting
from .tool_world import World
from .zone_claim import never_a_zone

NAME = re.compile(r"^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$")
MAX_SCHEMA_BYTES = 32_768
ALWAYS = datetime.min.replace(tzinfo=UTC)


def accepted(tool: GeneratedTool, world: World) -> Outcome:
    """The first check that objects ends it."""
    for check in CHECKS:
        outcome = check(tool, world)
        if outcome is not None:
            return outcome
    return passed("Accepted", f"asked for by {tool.spec.requested_by}")


def digest_asked(tool: GeneratedTool) -> str:
    """The digest of what the spec asks for; empty when it cannot be bundled, which Accepted refuses."""
    bundled = NAME.match(tool.name) and tool.code and nesting(tool) <= MAX_DEPTH
    return bundle_of(tool).digest() if bundled else ""


def _name(tool: GeneratedTool, world: World) -> Outcome | None:
    if NAME.match(tool.name):
        return None
    return refused(
        "NameInvalid",
        "`metadata.name` must be at most 63 lower-case letters, digits and hyphens: the tool's "
        "Pods are labelled with it",
    )


def _zone(tool: GeneratedTool, world: World) -> Outcome | None:
    if world.zone != "serving":
        return refused(
            "NotAServingZone",
            f"namespace {tool.namespace} is no serving zone: {_way_to_a_zone(tool.namespace)}",
        )
    if not world.sandbox:
        return refused(
            "SandboxMissing",
            f"label cupel.dev/sandbox of namespace {tool.namespace} names no sandbox zone: it is missing, or "
            "the namespace it names is gone or no longer labelled cupel.dev/zone: sandbox",
        )
    if world.admission:
        return waiting("AdmissionNotReady", world.admission)
    return None


def _way_to_a_zone(namespace: str) -> str:
    if never_a_zone(namespace):
        return "apply the tool in one (kubectl get namespaces -l cupel.dev/zone=serving)"
    return f"kubectl cupel zone init {namespace}"


def _policy(tool: GeneratedTool, world: World) -> Outcome | None:
    name = tool.spec.policy_ref.name
    if world.policy is None:
        return refused("PolicyNotFound", f"`spec.policyRef.name`: there is no ToolPolicy {name} here")
    if world.policy.spec.mode == "Paused":
        return waiting("Paused", f"ToolPolicy {name} is paused; what serves goes on serving")
    return None


def _requester(tool: GeneratedTool, world: World) -> Outcome | None:
    if tool.spec.requested_by:
        return None
    return refused(
        "RequesterUnknown",
        "`spec.requestedBy` was not stamped by the API server: install the policy cupel-stamp-requester, "
        "then apply the tool again",
    )


def _content(tool: GeneratedTool, world: World) -> Outcome | None:
    if tool.spec.source.type == "Inline" and not tool.code:
        return refused("SourceInvalid", "`spec.source.inline.code` must be given for type Inline")
    if nesting(tool) > MAX_DEPTH:
        return refused(
            "BundleTooLarge", f"schemas, examples and tests must not be nested more than {MAX_DEPTH} deep"
        )
    size = len(bundle_of(tool).content())
    if size > MAX_BUNDLE_BYTES:
        return refused(
            "BundleTooLarge",
            f"code, schemas, examples and tests are {size} bytes, more than {MAX_BUNDLE_BYTES}",
        )
    return None


def _contract(tool: GeneratedTool, world: World) -> Outcome | None:
    reason, message = contract_problem(bundle_of(tool).content())
    return refused(reason, message) if reason else None


def _permissions(tool: GeneratedTool, world: World) -> Outcome | None:
    problem = permission_problem(tool, world.policy) if world.policy else ""
    return refused("PermissionNotAllowed", problem) if problem else None


def _tool_name(tool: GeneratedTool, world: World) -> Outcome | None:
    mine = (tool.metadata.creation_timestamp or ALWAYS, tool.name)
    older = [n.name for n in world.namesakes if (n.created_at, n.name) < mine]
    if not older:
        return None
    return refused(
        "NameTaken",
        f"`spec.interface.toolName`: GeneratedTool {older[0]} has the name {tool.tool_name}; choose another",
    )


CHECKS: tuple[Callable[[GeneratedTool, World], Outcome | None], ...] = (
    _name,
    _zone,
    _policy,
    _requester,
    _content,
    _contract,
    _permissions,
    _tool_name,
)


@lru_cache(maxsize=1024)
def contract_problem(content: bytes) -> tuple[str, str]:
    """(reason, message) of what is wrong with schemas or trials of a bundle; both empty when nothing is.

    Cached by content, because every pass asks.
    """
    bundle = Bundle.model_validate_json(content)
    for field in ("inputSchema", "outputSchema"):
        problem = _schema_problem(bundle.interface.wire()[field])
        if problem:
            return "SchemaInvalid", f"`spec.interface.{field}`: {problem}"
    for field, trials in (("examples", bundle.examples), ("tests", bundle.tests)):
        problem = _trials_problem(field, trials, bundle)
        if problem:
            return "ExampleInvalid", problem
    return "", ""


def _schema_problem(schema: dict[str, object]) -> str:
    if len(canonical(schema)) > MAX_SCHEMA_BYTES:
        return f"must be at most {MAX_SCHEMA_BYTES} bytes"
    try:
        compiled(schema)
    except SchemaProblem as problem:
        return str(problem)
    return ""


def _trials_problem(field: str, trials: tuple[Trial, ...], bundle: Bundle) -> str:
    seen: set[str] = set()
    for index, trial in enumerate(trials):
        problem = f"is not unique: {trial.name}" if trial.name in seen else _trial_problem(trial, bundle)
        if problem:
            return f"`spec.{field}[{index}]` ({trial.name}): {problem}"
        seen.add(trial.name)
    return ""


def _trial_problem(trial: Trial, bundle: Bundle) -> str:
    if (trial.result is None) == (trial.error is None):
        return "must have exactly one of result and error"
    if trial.state is not None and bundle.permissions.state == "None":
        return "state needs `spec.permissions.state: PerTenant`"
    for exchange in trial.exchanges:
        target = target_of(exchange.request.url)
        if target not in bundle.permissions.egress:
            return f"an exchange calls {target}, which is not in `spec.permissions.egress`"
    if trial.error is None:
        problem = violation(bundle.interface.input_schema, trial.arguments)
        if problem:
            return f"arguments contradict inputSchema: {problem}"
        problem = violation(bundle.interface.output_schema, trial.result)
        if problem:
            return f"result contradicts outputSchema: {problem}"
    return ""


def target_of(url: str) -> str:
    """`host:port` of an absolute http(s) URL, lower case, the port filled in."""
    scheme, _, rest = url.partition("://")
    authority = re.split(r"[/?#]", rest, maxsplit=1)[0].rpartition("@")[2].lower()
    host, _, port = authority.partition(":")
    return f"{host}:{port or (443 if scheme == 'https' else 80)}"


def permission_problem(tool: GeneratedTool, policy: ToolPolicy) -> str:
    """Empty when the permissions lie inside the policy."""
    allowed = policy.spec.permissions
    for index, target in enumerate(tool.spec.permissions.egress):
        if not any(_covers(pattern, target) for pattern in allowed.egress):
            return (
                f"`spec.permissions.egress[{index}]`: {target} is not allowed by ToolPolicy {policy.name}; "
                f"allowed: {', '.join(allowed.egress) or 'none'}"
            )
    if tool.spec.permissions.state != "None" and allowed.state == "Forbidden":
        return f"`spec.permissions.state`: ToolPolicy {policy.name} forbids tools to keep state"
    return ""


def _covers(pattern: str, target: str) -> bool:
    if not pattern.startswith("*."):
        return pattern == target
    return target.endswith(pattern[1:]) and len(target) > len(pattern[1:])
