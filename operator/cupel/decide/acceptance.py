"""The gate Accepted: references exist, the content holds (see `asked`), permissions lie in the policy."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from cupel.api import names
from cupel.api.generated_tool import GeneratedTool
from cupel.api.tool_policy import ToolPolicy

from .asked import NAME, asked_by
from .gap_content import reworded
from .plan import Outcome, passed, refused, waiting
from .tool_world import World
from .zone_claim import never_a_zone

ALWAYS = datetime.min.replace(tzinfo=UTC)


def accepted(tool: GeneratedTool, world: World) -> Outcome:
    """The first check that objects ends it."""
    for check in CHECKS:
        outcome = check(tool, world)
        if outcome is not None:
            return outcome
    return passed("Accepted", f"asked for by {tool.spec.requested_by}")


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
    reason, message = (world.asked or asked_by(tool)).problem
    return refused(reason, message) if reason else None


def _permissions(tool: GeneratedTool, world: World) -> Outcome | None:
    problem = permission_problem(tool, world.policy) if world.policy else ""
    return refused("PermissionNotAllowed", problem) if problem else None


def _reserved(tool: GeneratedTool, world: World) -> Outcome | None:
    if tool.tool_name not in names.RESERVED_TOOLS:
        return None
    return refused(
        "NameReserved",
        f"`spec.interface.toolName`: {tool.tool_name} is a tool of the gateway itself; choose another name",
    )


def _askers(tool: GeneratedTool, world: World) -> Outcome | None:
    """A tool the author made names everybody who asked for its gap; its revision fixes who did."""
    if tool.spec.requested_by != names.AUTHOR or world.revision_of((world.asked or asked_by(tool)).digest):
        return None
    if world.gap is None:
        name = tool.metadata.labels.get(names.GAP, "")
        return refused(
            "GapNotFound",
            f"label {names.GAP}: there is no CapabilityGap {name or '(none named)'} here, so nobody knows "
            "who asked for this tool; delete it, or let a person apply it",
        )
    spec = tool.spec
    unnamed = set(world.gap.no_reviewers) - {spec.requested_by, spec.on_behalf_of, *spec.contributors}
    strangers = set(spec.contributors) - {*world.gap.no_reviewers, names.AUTHOR}
    if strangers:
        return refused(
            "AskersForged",
            f"`spec.contributors` names {', '.join(sorted(strangers)[:5])}, who did not ask for "
            f"CapabilityGap {world.gap.name}, so they are kept from reviewing: delete the tool, and the "
            "author makes it again",
        )
    if not unnamed:
        return None
    return waiting(
        "AskersMissing",
        f"`spec.contributors` must name {', '.join(sorted(unnamed)[:5])}, who asked for CapabilityGap "
        f"{world.gap.name} and so may not review this tool: the author adds them",
    )


def _reworded(tool: GeneratedTool, world: World) -> Outcome | None:
    """Nobody is asked to review what nobody asks for any more. What people approved before goes on."""
    if world.gap is None or _was_approved(tool, world) or not reworded(world.gap, tool):
        return None
    return waiting(
        "GapReworded",
        f"CapabilityGap {world.gap.name} asks for something else than this was drafted for: the author makes "
        "it anew where something answers that (kubectl describe gap says whether). Else delete this tool, or "
        "make it yours by changing its content",
    )


def _was_approved(tool: GeneratedTool, world: World) -> bool:
    rev, serving = world.revision_of((world.asked or asked_by(tool)).digest), tool.status.serving
    if rev is None:
        return False
    serves = serving is not None and serving.digest == rev.spec.digest
    return serves or (rev.status.approval is not None and rev.status.approval.verdict == "Approved")


def _tool_name(tool: GeneratedTool, world: World) -> Outcome | None:
    mine = (tool.metadata.creation_timestamp or ALWAYS, tool.name)
    older = [n.name for n in world.namesakes if (n.created_at, n.name) < mine]
    if not older:
        return None
    return refused(
        "NameTaken",
        f"`spec.interface.toolName`: GeneratedTool {older[0]} has the name {tool.tool_name}; choose another",
    )


def _retired(tool: GeneratedTool, world: World) -> Outcome | None:
    if tool.spec.lifecycle != "Retired":
        return None
    heir = tool.spec.successor
    told = f"calls are told to use GeneratedTool {heir}" if heir else "calls are told that it is gone"
    return waiting(
        "Retired",
        f"`spec.lifecycle` is Retired: no Pod runs, and {told}. Set it back to Active (kubectl cupel "
        f"unretire {tool.name} -n {tool.namespace}), and what was approved serves again",
    )


def _successor(tool: GeneratedTool, world: World) -> Outcome | None:
    if tool.spec.successor != tool.name:
        return None
    return refused("SuccessorInvalid", "`spec.successor` must name another GeneratedTool than this one")


CHECKS: tuple[Callable[[GeneratedTool, World], Outcome | None], ...] = (
    _name,
    _zone,
    _successor,
    _retired,
    _policy,
    _requester,
    _reworded,
    _askers,
    _content,
    _permissions,
    _reserved,
    _tool_name,
)


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
    return _credential_problem(tool, policy)


def _credential_problem(tool: GeneratedTool, policy: ToolPolicy) -> str:
    allowed = policy.spec.permissions.credentials
    for index, name in enumerate(tool.spec.permissions.credentials):
        if name not in allowed:
            return (
                f"`spec.permissions.credentials[{index}]`: {name} is not allowed by ToolPolicy "
                f"{policy.name}; allowed: {', '.join(allowed) or 'none'}"
            )
    return ""


def _covers(pattern: str, target: str) -> bool:
    if not pattern.startswith("*."):
        return pattern == target
    return target.endswith(pattern[1:]) and len(target) > len(pattern[1:])
