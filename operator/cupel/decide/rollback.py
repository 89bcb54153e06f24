"""Rollbacks: what annotation cupel.dev/condemn asks for, whether it was obeyed, what stands in the way.

A request is a digest, or a digest, `@` and anything that tells it from an earlier one. It is obeyed once:
what a person pardons afterwards stays pardoned, though the annotation is still there.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime

from cupel.api import names
from cupel.api.approval_ledger import MAX_ENTRIES, ApprovalLedger
from cupel.api.generated_tool import GeneratedTool
from cupel.api.tool_revision import ToolRevision

from .approvals import may_serve
from .plan import Condemn, Outcome, refused
from .tool_world import World

MOST_UNDECIDED = MAX_ENTRIES // 2
"""Condemnations up to which also digests are condemned that nobody decided about: each edit of a tool makes
a new one."""
REQUEST = re.compile(r"(sha256-[0-9a-f]{64})(@[-+.:0-9A-Za-z]{1,48})?")


def digest_in(request: str) -> str:
    """The digest a request names; empty when it is no request."""
    found = REQUEST.fullmatch(request)
    return found[1] if found else ""


def asked(tool: GeneratedTool) -> tuple[str, datetime | None]:
    """Which digest the annotation names, and since when, where it says so; whoever wrote it."""
    request = tool.metadata.annotations.get(names.CONDEMN, "")
    try:
        at = datetime.fromisoformat(request.partition("@")[2])
    except ValueError:
        return digest_in(request), None
    return digest_in(request), at if at.tzinfo else at.replace(tzinfo=UTC)


def pending(tool: GeneratedTool) -> str:
    """The request that was not obeyed yet, as it was written; empty when there is none."""
    request = tool.metadata.annotations.get(names.CONDEMN, "")
    return "" if request == tool.status.rollback_obeyed else request


def obeyed(tool: GeneratedTool, world: World) -> str | None:
    """The request to remember: the present one, once the ledger holds its digest."""
    request = tool.metadata.annotations.get(names.CONDEMN, "")
    if not request or _condemned(world.ledger, digest_in(request)):
        return request or None
    return tool.status.rollback_obeyed


def condemnations(tool: GeneratedTool, world: World) -> tuple[Condemn, ...]:
    """What is still to be written into the ledger."""
    digest = digest_in(pending(tool))
    rev = world.revision_of(digest)
    if (
        world.ledger is None
        or _condemned(world.ledger, digest)
        or rev is None
        or _kept_from(world.ledger, rev)
    ):
        return ()
    return (Condemn(tool.namespace, digest, f"rollback asked for on GeneratedTool {tool.name}"),)


def rolled_back(tool: GeneratedTool, world: World) -> tuple[tuple[str, Outcome], ...]:
    """The condition RolledBack: there only while a rollback is asked for that cannot be done."""
    request = pending(tool)
    digest = digest_in(request)
    if not request or world.ledger is None or _condemned(world.ledger, digest):
        return ()
    wanted = condemnations(tool, world)
    if not wanted:
        unheard = _undecided(tool, digest) if world.revision_of(digest) else _nothing_of_ours(tool, request)
        return (("RolledBack", refused("RollbackInvalid", unheard)),)
    said = world.denied.get(wanted[0].thing)
    return (
        (("RolledBack", refused("CondemnDenied", _denied(tool, digest, world.ledger, said))),) if said else ()
    )


def _condemned(ledger: ApprovalLedger | None, digest: str) -> bool:
    return ledger is not None and digest in ledger.status.condemned


def _kept_from(ledger: ApprovalLedger, rev: ToolRevision) -> bool:
    """Whether what room there is left is not for a digest that nobody decided about and that may not run."""
    full, digest = len(ledger.status.condemned) >= MOST_UNDECIDED, rev.spec.digest
    return full and digest not in ledger.spec.decisions and bool(may_serve(ledger, digest, rev.spec.egress))


def _undecided(tool: GeneratedTool, digest: str) -> str:
    return (
        f"{digest[:19]} was not condemned: nobody decided about it, so it runs nowhere, and the ledger's "
        f"last {MAX_ENTRIES - MOST_UNDECIDED} places for condemnations are kept for what may run. With the "
        f"verb approve: kubectl cupel reject {tool.name} -n {tool.namespace}"
    )


def _nothing_of_ours(tool: GeneratedTool, request: str) -> str:
    return (
        f"annotation {names.CONDEMN}: {request[:120]!r} names no revision of this tool: nothing was rolled "
        f"back. Correct it, or take it off: "
        f"kubectl annotate gtool {tool.name} -n {tool.namespace} {names.CONDEMN}-"
    )


def _denied(tool: GeneratedTool, digest: str, ledger: ApprovalLedger, said: str) -> str:
    if len(ledger.status.condemned) >= MAX_ENTRIES:
        why = (
            f"`status.condemned` of the ledger holds {MAX_ENTRIES} digests, its most. Somebody with the verb "
            "pardon must remove some that no revision has any more; the rest goes by itself"
        )
    else:
        why = f"the API server refuses it: {said}. An administrator must mend what that names"
    return (
        f"{digest[:19]} was not rolled back, and may go on serving: {why}. To stop it meanwhile, with "
        f"the verb revoke: kubectl cupel revoke {tool.name} --digest {digest} -n {tool.namespace}"
    )
