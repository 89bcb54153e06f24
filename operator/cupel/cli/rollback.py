"""`rollback` condemns the digest that serves, by asking the operator; `pardon` lifts it."""

from __future__ import annotations

from rich.text import Text

from cupel.api.approval_ledger import LEDGER_NAME
from cupel.api.names import CONDEMN
from cupel.api.tool_revision import ToolRevision
from cupel.clock import now
from cupel.decide.approvals import may_serve
from cupel.decide.harmless import one_line
from cupel.decide.rollback import digest_in, pending
from cupel.kube.errors import Denied
from cupel.kube.refusals import BY_FLAG, in_words
from cupel.kube.resources import APPROVAL_LEDGER, GENERATED_TOOL

from .decision import chosen, confirm, require_ledger
from .output import Exit, Failure, console
from .seen import Seen, look
from .session import MANAGER, Session
from .watching import until


async def rollback(session: Session, tool: str, digest: str, to: str, timeout: int) -> Exit:
    """Condemn what serves, or `digest`; with `to`, everything newer, until that revision serves."""
    seen = await look(session, tool)
    for condemned in to_condemn(seen, digest, to):
        code = await _condemn(session, seen, condemned, timeout)
        if code is not Exit.OK:
            return code
    return Exit.OK


def to_condemn(seen: Seen, digest: str, to: str) -> list[ToolRevision]:
    """The revisions a rollback condemns, in order: the canary, or what serves, first. Raises Failure."""
    if digest and to:
        raise Failure("give --digest (what to condemn) or --to (what to go back to), not both", Exit.UNUSABLE)
    if digest:
        return [seen.named(digest)]
    called = _called(seen)
    if not to:
        return called[:1]
    target = seen.named(to)
    if target.name == called[0].name:
        raise Failure(f"{target.name} {'is the canary' if len(called) > 1 else 'serves'} already")
    if objection := may_serve(seen.ledger, target.spec.digest, target.spec.egress):
        raise Failure(f"{target.name} could not serve: {objection}")
    newer = seen.revisions[: seen.revisions.index(target)]  # newest first
    able = [rev for rev in newer if not may_serve(seen.ledger, rev.spec.digest, rev.spec.egress)]
    leave = [rev for rev in called if rev.name != target.name]
    return [*leave, *(rev for rev in able if rev not in leave)]


def _called(seen: Seen) -> list[ToolRevision]:
    """The revisions that get calls: the canary, where there is one, and the one that serves."""
    status = seen.tool.status
    found = [seen.of(one.digest) for one in (status.canary, status.serving) if one]
    called = [rev for rev in found if rev is not None]
    if not called:
        raise Failure(
            f"nothing of {seen.tool.name} serves, so there is nothing to roll back; name what must "
            "never start with --digest"
        )
    return called


async def _condemn(session: Session, seen: Seen, rev: ToolRevision, timeout: int) -> Exit:
    out = console()
    digest = rev.spec.digest
    if why := seen.condemned(digest):
        out.print(Text(f"{rev.name} is condemned already: {one_line(why)}"))
        return Exit.OK
    patch = {"metadata": {"annotations": {CONDEMN: f"{digest}@{now():%Y-%m-%dT%H:%M:%S.%fZ}"}}}
    await session.client.merge_patch(
        GENERATED_TOOL, session.namespace, seen.tool.name, patch, manager=MANAGER
    )
    out.print(Text(f"asked the operator to condemn {rev.name} ({digest})"))
    after = await until(
        session, seen.tool.name, timeout, lambda sight: _went(sight, digest) or bool(_denied(sight, digest))
    )
    if after is None:
        out.print(f"not done after {timeout} s: kubectl cupel get {seen.tool.name} -n {session.namespace}")
        return Exit.TIMEOUT
    if denied := _denied(after, digest):
        raise Failure(f"the request stands, but {denied}")
    serving = after.tool.status.serving
    if _retired(after):
        out.print(Text("condemned; the tool is retired, so nothing runs", style="yellow"))
    elif serving is not None:
        out.print(Text(f"condemned; revision {serving.revision} serves", style="green"))
    else:
        out.print(Text("condemned; no other approved revision is left, nothing serves", style="yellow"))
    out.print(f"to lift it: kubectl cupel pardon {seen.tool.name} --digest {digest} -n {session.namespace}")
    return Exit.OK


def _went(seen: Seen, digest: str) -> bool:
    """Condemned, and whatever serves is another revision that is ready; of a retired tool nothing runs."""
    serving = seen.tool.status.serving
    if _retired(seen):
        return bool(seen.condemned(digest))
    if serving is None:
        return bool(seen.condemned(digest)) and not _heirs(seen)
    return bool(seen.condemned(digest)) and serving.digest != digest and serving.ready_replicas > 0


def _retired(seen: Seen) -> bool:
    return seen.tool.spec.lifecycle == "Retired"


def _denied(seen: Seen, digest: str) -> str:
    """What keeps the operator from condemning this digest; empty when nothing does."""
    found = seen.condition("RolledBack")
    if found is None or found.reason != "CondemnDenied" or seen.condemned(digest):
        return ""
    return one_line(found.message) if found.message.startswith(digest[:19]) else ""


def _heirs(seen: Seen) -> list[ToolRevision]:
    """Revisions that may take over."""
    return [
        rev
        for rev in seen.revisions
        if not may_serve(seen.ledger, rev.spec.digest, rev.spec.egress)
        and rev.status.approval is not None
        and rev.status.approval.verdict == "Approved"
    ]


async def pardon(session: Session, tool: str, digest: str, sure: bool) -> Exit:
    """Lift the ban. A request the operator has not obeyed yet goes first, or it would condemn again."""
    seen = await look(session, tool)
    require_ledger(seen)
    key = chosen(seen, digest).spec.digest
    why = seen.condemned(key)
    asked = digest_in(pending(seen.tool)) == key
    if not why and not asked:
        raise Failure(f"{key} is not condemned")
    confirm(f"Let {key} serve again? It was condemned: {one_line(why) or 'rollback asked for'}", sure)
    if asked:
        await _take_off(session, tool)
    if why:
        patch = {"status": {"condemned": {key: None}}}
        await session.client.merge_patch(
            APPROVAL_LEDGER, session.namespace, LEDGER_NAME, patch, "status", manager=MANAGER
        )
    console().print(f"pardoned {key}")
    return Exit.OK


async def _take_off(session: Session, tool: str) -> None:
    patch = {"metadata": {"annotations": {CONDEMN: None}}}
    try:
        await session.client.merge_patch(GENERATED_TOOL, session.namespace, tool, patch, manager=MANAGER)
    except Denied as denied:
        if denied.code != 403:
            raise
        raise Failure(
            f"GeneratedTool {tool} asks for the rollback, which the operator has not noted as done; it would "
            f"condemn again: {in_words(str(denied), denied.code, BY_FLAG)}. Try again once it runs, or have "
            f"a requester run: kubectl annotate gtool {tool} -n {session.namespace} {CONDEMN}-"
        ) from denied
