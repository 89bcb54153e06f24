"""What `ledger restore` shows before anything is written: every setting, every entry, every condemnation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from rich.console import Console
from rich.text import Text

from cupel.api.common import JsonObject
from cupel.decide.harmless import harmless, one_line

from .backup import Backup

CHANNELS = ("review", "code")


def preview(out: Console, kept: Backup, found: JsonObject | None) -> None:
    """Everything that would come back, one line for each setting and entry."""
    taken = f"taken {one_line(kept.taken_at)} by {one_line(kept.taken_by)}, content {kept.content}"
    out.print(Text(f"backup of {one_line(kept.namespace)}, {taken}"))
    for line in _settings(kept, found):
        out.print(Text(harmless(line)))
    for line in _entries(kept):
        out.print(Text(f"  {harmless(line)}"))
    for digest, why in sorted(kept.condemned.items()):
        out.print(Text(f"  {digest}  condemned: {one_line(why)}", style="red"))
    out.print(Text(f"{len(kept.decisions)} decisions {_by_whom(kept)}; {len(kept.condemned)} condemned"))


def _settings(kept: Backup, found: JsonObject | None) -> Iterator[str]:
    new = _told(kept)
    if found is None:
        yield "settings: there is no ledger; it is made with those of the backup"
        yield from (f"  {name}: made with {value}" for name, value in new.items())
        return
    old = _told(Backup.of(found, "", ""))
    differ = [name for name in {**new, **old} if old.get(name) != new.get(name)]
    yield (
        "settings: the ledger's differ from the backup's (ledger -> backup); they are left alone"
        if differ
        else "settings: as the ledger has them"
    )
    for name in {**new, **old}:
        change = f"{old.get(name, 'no')} -> {new.get(name, 'no')}"
        yield f"  {name}: {change if name in differ else new[name]}"


def _told(kept: Backup) -> dict[str, str]:
    """One line for each setting; an image is a setting of its own."""
    floors = kept.settings["floors"]
    images = sorted(one_line(image) for image in kept.settings.get("launcherImages") or [])
    return (
        {
            "floor without egress": str(floors["withoutEgress"]),
            "floor with egress": str(floors["withEgress"]),
            "separation": one_line(kept.settings["separation"]),
            "agent reviewers": one_line(kept.settings.get("agentReviewers") or "Forbidden"),
        }
        | {f"launcher image {image}": "yes" for image in images}
        | dict(_reviewers(kept))
    )


def _reviewers(kept: Backup) -> Iterator[tuple[str, str]]:
    """Where pull requests are opened, and whose merge counts; nothing where that is off."""
    found = kept.settings.get("pullRequests") or {}
    if found:
        yield "pull requests in", one_line(found["repository"])
    for each in found.get("reviewers") or ():
        groups = f" in {', '.join(each['groups'])}" if each.get("groups") else ""
        yield f"account {each['account']} ({one_line(each['login'])})", one_line(f"{each['person']}{groups}")


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
