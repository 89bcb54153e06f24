"""`ledger backup` and `ledger restore`: decisions kept, and brought back under the names they have."""

from __future__ import annotations

from dataclasses import dataclass

from rich.console import Console

from cupel.api.approval_ledger import LEDGER_NAME
from cupel.api.common import API_VERSION, JsonObject
from cupel.api.names import RESTORED_BY
from cupel.clock import now
from cupel.kube.cli_access import who_am_i
from cupel.kube.resources import APPROVAL_LEDGER

from .backup import Backup, read, write
from .decision import confirm
from .ledger_preview import preview
from .output import Exit, Failure, console, note
from .session import MANAGER, Session

START_OVER = (
    "a backup is restored only into a ledger that nobody changed since it was made. To start over: an "
    "administrator deletes it (everything in the namespace stops), then restore makes it anew"
)


async def backup(session: Session, file: str) -> Exit:
    """Write the ledger to a file that must not exist yet."""
    body = await _ledger(session)
    if body is None:
        raise Failure(f"namespace {session.namespace} has no ApprovalLedger: there is nothing to back up")
    me = await who_am_i(session.client)
    kept = Backup.of(body, now().isoformat(timespec="seconds"), me)
    write(kept, file)
    note(f"{len(kept.decisions)} decisions, {len(kept.condemned)} condemned, content {kept.content}")
    return Exit.OK


async def _ledger(session: Session) -> JsonObject | None:
    return await session.client.get(APPROVAL_LEDGER, session.namespace, LEDGER_NAME)


@dataclass(frozen=True)
class Work:
    """What is still to be written, in this order: a condemned digest must not be approved for a moment."""

    create: bool = False
    condemned: bool = False
    decisions: bool = False

    @property
    def nothing(self) -> bool:
        return not (self.create or self.condemned or self.decisions)


def work(kept: Backup, found: JsonObject | None) -> Work:
    """What a restore has left to do. Raises Failure where the ledger was used for something else."""
    if found is None:
        return Work(create=True, condemned=bool(kept.condemned), decisions=bool(kept.decisions))
    there = Backup.of(found, "", "")
    has = (there.decisions == kept.decisions, there.condemned == kept.condemned)
    if all(has):
        return Work()
    fresh = found["metadata"]["generation"] == 1 and not there.decisions
    if not fresh or (there.condemned and not has[1]):
        has_now = f"{len(there.decisions)} decisions, {len(there.condemned)} condemned"
        times = found["metadata"]["generation"] - 1
        raise Failure(
            f"the ledger of {kept.namespace} is in use ({has_now}, changed {times} times): {START_OVER}"
        )
    return Work(condemned=not has[1], decisions=not has[0])


async def restore(session: Session, file: str, *, dry_run: bool, sure: bool) -> Exit:
    """Show what comes back, ask, write. May be run again after it was cut short."""
    kept = read(file)
    if kept.namespace != session.namespace:
        raise Failure(
            f"the backup is of namespace {kept.namespace}, not {session.namespace}: people decided there, "
            f"and it is restored only there (-n {kept.namespace})"
        )
    found, me, out = await _ledger(session), await who_am_i(session.client), console()
    todo, signed = work(kept, found), _signature(found) == me
    preview(out, kept, found)
    if todo.nothing:
        out.print("nothing to do: the ledger says all of it")
        return Exit.OK
    if dry_run:
        await _write(session, kept, todo, signed, me, trial="All")
        out.print(f"tried, and nothing was written{_untried(todo, signed)}")
        return Exit.OK
    confirm(
        f"Write {len(kept.decisions)} decisions of others into the ledger of {kept.namespace} as {me}?", sure
    )
    await _write(session, kept, todo, signed, me, trial="")
    return _compared(out, kept, await _ledger(session))


def _compared(out: Console, kept: Backup, found: JsonObject | None) -> Exit:
    """Look at what is there now, not at what was sent."""
    there = Backup.of(found, "", "") if found else None
    if there is None or (there.decisions, there.condemned) != (kept.decisions, kept.condemned):
        raise Failure(
            "the ledger is not what the backup says: somebody else writes to it. Look at it, then start over"
        )
    numbers = f"{len(there.decisions)} decisions and {len(there.condemned)} condemned"
    out.print(f"restored {numbers}; content {there.content}")
    return Exit.OK


async def _write(session: Session, kept: Backup, todo: Work, signed: bool, me: str, *, trial: str) -> None:
    """Signed first: who puts back condemnations stands for them as for decisions."""
    client, place = session.client, (APPROVAL_LEDGER, session.namespace, LEDGER_NAME)
    if todo.create:
        await client.create(_empty(kept), trial=trial)
    if todo.create and trial:
        return  # what is not there cannot be patched, not even for a try
    signature = {"metadata": {"annotations": {RESTORED_BY: me}}}
    if todo.condemned and not signed:
        await client.merge_patch(*place, signature, manager=MANAGER, trial=trial)
    if todo.condemned and (signed or not trial):  # a signature that was only tried is not there
        status = {"status": {"condemned": dict(kept.condemned)}}
        await client.merge_patch(*place, status, "status", manager=MANAGER, trial=trial)
    if todo.decisions:
        decided = signature | {"spec": {"decisions": dict(kept.decisions)}}
        await client.merge_patch(*place, decided, manager=MANAGER, trial=trial)


def _signature(found: JsonObject | None) -> str:
    notes = (found or {"metadata": {}})["metadata"].get("annotations") or {}
    return str(notes.get(RESTORED_BY, ""))


def _untried(todo: Work, signed: bool) -> str:
    if todo.create:
        return "; the decisions only once the ledger is there"
    return "; the condemnations only once it is signed" if todo.condemned and not signed else ""


def _empty(kept: Backup) -> JsonObject:
    return {
        "apiVersion": API_VERSION,
        "kind": "ApprovalLedger",
        "metadata": {"name": LEDGER_NAME, "namespace": kept.namespace},
        "spec": kept.settings,
    }
