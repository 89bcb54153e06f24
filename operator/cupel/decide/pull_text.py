"""What a pull request says: its title, its body, and the comments. Pure.

Words of strangers stand in code spans and fences alone: they mention nobody, link nowhere, draw nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

from cupel.api.generation import Origin
from cupel.api.tool_revision import ToolRevision

from .digits import grouped
from .disclosure import Disclosure
from .harmless import harmless, one_line

Mark = str
VOID: Mark = "void"
RECORDED: Mark = "recorded"
CLOSED: Mark = "closed"
MARKED = re.compile(r"\A<!-- cupel:([a-z]+) -->")
SPAN = 300


def title(rev: ToolRevision) -> str:
    return f"Review {rev.namespace}/{rev.spec.tool}: {grouped(rev.spec.digest)}"


def body(
    rev: ToolRevision, told: Disclosure, origin: Origin | None, needed: int, deadline: datetime | None
) -> str:
    """Everything a decision rests on but the code, which is in the files."""
    lines = [
        f"**{span(told.tool)} waits for a review.** The files of this pull request are the whole of it; "
        f"`bundle.json` is what would run, and its sha256 is the digest.",
        "",
        *(f"- {name}: {span(text)}" for name, text in told.facts),
        f"- origin, as its author says: {span(_origin(origin))}",
        f"- channels asked for: {needed}",
        *([f"- until: {deadline:%Y-%m-%d %H:%M} UTC, then it is refused"] if deadline else []),
        "",
        "What it says it does (the requester's words):",
        "",
        *fenced(rev.spec.bundle.description),
        "",
        "What was found:",
        "",
        *_found(rev, told),
        "",
        *_meaning(rev),
    ]
    return "\n".join(lines)


def _origin(origin: Origin | None) -> str:
    """Whether a person wrote it, or which template, document or model; nothing is decided by it."""
    if origin is None:
        return "written by a person"
    by = {"Template": f"template {origin.template}", "Model": f"model {origin.model or 'not named'}"}
    told = by.get(origin.generator, origin.generator)
    made = f"made by {told}" + (f", version {origin.version}" if origin.version else "")
    return made + (f", for the gap {origin.gap}" if origin.gap else "")


def _found(rev: ToolRevision, told: Disclosure) -> Iterator[str]:
    for proof in told.proofs:
        yield f"- {proof.gate}: {proof.outcome}, {span(proof.text)}"
    findings = rev.status.analysis.findings if rev.status.analysis else ()
    for each in findings:
        yield f"- analyser, line {each.line}: {span(f'{each.rule}: {each.message}')}"
    if told.trials:
        yield f"- trials: {span(told.trials)}"
    for said in told.decisions:
        yield f"- decided so far: {span(said)}"


def _meaning(rev: ToolRevision) -> Iterator[str]:
    yield (
        f"**Merging approves** digest `{rev.spec.digest}` on the channel `review`, in the name of whoever "
        "merges; **closing without merging rejects it**. Both count for accounts that the namespace's ledger "
        "names, and for nobody who asked for this tool. Where two channels are asked for, a one-time code of "
        "another person is needed besides. The merge must be of exactly the commit that was pushed here: a "
        "commit that anybody adds makes this pull request void, and another one is opened. Nothing that is "
        "written here or in comments decides anything."
    )


def comment(mark: Mark, sentence: str) -> str:
    """A comment of ours; the mark, which readers do not see, says that it was made."""
    return f"<!-- cupel:{mark} -->\n{sentence}"


def mark_of(text: str) -> Mark:
    """The mark of a comment; empty for a text without one. It counts only where the comment is ours."""
    found = MARKED.match(text)
    return found[1] if found else ""


def void_sentence(why: str, last: bool) -> str:
    after = (
        "No further one is opened for this digest: decide by `kubectl cupel approve`."
        if last
        else "Another one takes its place."
    )
    return f"This pull request decides nothing: {harmless(why)}. {after}"


def recorded_sentence(decision: str, by: str, digest: str) -> str:
    past = {"Approve": "approved", "Reject": "rejected"}[decision]
    return f"Recorded: {span(by)} {past} digest `{digest}` (channel `review`)."


def span(text: str) -> str:
    """One line of a stranger's as a code span."""
    clean = one_line(text).replace("`", "'")
    clean = clean if len(clean) <= SPAN else clean[: SPAN - 1] + "…"
    return f"`{clean}`" if clean else "none"


def fenced(text: str) -> Iterator[str]:
    """Lines of a stranger's in a fence longer than any row of backticks in them."""
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    yield f"{fence}text"
    yield from (harmless(line) for line in text.split("\n"))
    yield fence
