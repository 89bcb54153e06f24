"""`ledger backup` and `ledger restore`: decisions kept, and brought back under the names they have."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from rich.console import Console
from rich.text import Text

from cupel.api.approval_ledger import LEDGER_NAME
from cupel.api.common import API_VERSION, JsonObject
from cupel.api.names import RESTORED_BY
from cupel.decide.harmless import harmless, one_line
from cupel.kube.cli_access import who_am_i
from cupel.kube.resources import APPROVAL_LEDGER

from .backup import Backup, read, write
from .clock import now
from .decision import confirm
from .output import Exit, Failure, console, note
from .session import MANAGER, Session

CHANNELS = ("review", "code")
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
    note(f"{len(kept.decisions)} decisions, {len(kept.condemned)} condemned, sha256 {kept.sha256}")
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
    todo = work(kept, found)
    preview(out, kept, found)
    if todo.nothing:
        out.print("nothing to do: the ledger says all of it")
        return Exit.OK
    if dry_run:
        await _write(session, kept, todo, me, trial="All")
        out.print(
            "tried, and nothing was written"
            + ("; the decisions only once the ledger is there" if todo.create else "")
        )
        return Exit.OK
    confirm(
        f"Write {len(kept.decisions)} decisions of others into the ledger of {kept.namespace} as {me}?", sure
    )
    await _write(session, kept, todo, me, trial="")
    return _compared(out, kept, await _ledger(session))


def _compared(out: Console, kept: Backup, found: JsonObject | None) -> Exit:
    """Look at what is there now, not at what was sent."""
    there = Backup.of(found, "", "") if found else None
    if there is None or (there.decisions, there.condemned) != (kept.decisions, kept.condemned):
        raise Failure(
            "the ledger is not what the backup says: somebody else writes to it. Look at it, then start over"
        )
    numbers = f"{len(there.decisions)} decisions and {len(there.condemned)} condemned"
    out.print(f"restored {numbers}; sha256 {there.sha256}")
    return Exit.OK


async def _write(session: Session, kept: Backup, todo: Work, me: str, *, trial: str) -> None:
    client, place = session.client, (APPROVAL_LEDGER, session.namespace, LEDGER_NAME)
    if todo.create:
        await client.create(_empty(kept), trial=trial)
    if todo.create and trial:
        return  # what is not there cannot be patched, not even for a try
    if todo.condemned:
        status = {"status": {"condemned": dict(kept.condemned)}}
        await client.merge_patch(*place, status, "status", manager=MANAGER, trial=trial)
    if todo.decisions:
        signed = {"metadata": {"annotations": {RESTORED_BY: me}}, "spec": {"decisions": dict(kept.decisions)}}
        await client.merge_patch(*place, signed, manager=MANAGER, trial=trial)


def _empty(kept: Backup) -> JsonObject:
    return {
        "apiVersion": API_VERSION,
        "kind": "ApprovalLedger",
        "metadata": {"name": LEDGER_NAME, "namespace": kept.namespace},
        "spec": kept.settings,
    }


def preview(out: Console, kept: Backup, found: JsonObject | None) -> None:
    """Everything that would come back, one line for each entry."""
    taken = f"taken {one_line(kept.taken_at)} by {one_line(kept.taken_by)}, sha256 {kept.sha256}"
    out.print(Text(f"backup of {one_line(kept.namespace)}, {taken}"))
    out.print(Text(f"settings: {_settings(kept, found)}"))
    for line in _entries(kept):
        out.print(Text(f"  {harmless(line)}"))
    for digest, why in sorted(kept.condemned.items()):
        out.print(Text(f"  {digest}  condemned: {one_line(why)}", style="red"))
    out.print(Text(f"{len(kept.decisions)} decisions {_by_whom(kept)}; {len(kept.condemned)} condemned"))


def _settings(kept: Backup, found: JsonObject | None) -> str:
    if found is None:
        return "there is no ledger; it is made with those of the backup"
    there = Backup.of(found, "", "").settings
    differ = sorted(key for key in {*there, *kept.settings} if there.get(key) != kept.settings.get(key))
    if not differ:
        return "as the ledger has them"
    return f"{', '.join(differ)} differ from the ledger's; they are left alone, set them afterwards"


def _entries(kept: Backup) -> Iterator[str]:
    for digest, entry in sorted(kept.decisions.items()):
        said = [f"{entry[c]['decision']} by {one_line(entry[c]['by'])} ({c})" for c in CHANNELS if c in entry]
        egress = f"; egress {', '.join(entry['egress'])}" if entry.get("egress") else ""
        yield f"{digest}  {', '.join(said)}{egress}"


def _by_whom(kept: Backup) -> str:
    people = Counter(entry[c]["by"] for entry in kept.decisions.values() for c in CHANNELS if c in entry)
    return (
        "(" + (", ".join(f"{one_line(who)} {count}" for who, count in people.most_common()) or "none") + ")"
    )
