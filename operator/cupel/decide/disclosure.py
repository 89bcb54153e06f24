"""What an approver is told before deciding, as facts that a terminal and a page can both show. Pure.

Strangers' words are made harmless here, and stand where a reader cannot take them for ours.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from cupel.api.approval_ledger import ApprovalLedger, CodeDecision, Review
from cupel.api.bundle import Bundle
from cupel.api.tool_revision import ToolRevision

from .approvals import askers, may_serve, needed_channels, risk_of, tally
from .comparison import differences
from .digits import concealed, grouped
from .harmless import harmless, harmless_lines, one_line

Form = Literal["words", "code", "listing", "changes"]
DIGEST = "digest"
DIGITS = "its digits"
"""What is typed where a code is asked for."""
WHY = {
    "Low": "it computes only: no egress, no state",
    "Medium": "it keeps state between calls",
    "High": "it calls out",
}
OUTCOMES = {"True": "Passed", "False": "Refused", "Unknown": "Waiting"}


@dataclass(frozen=True)
class Part:
    """A stranger's text under a title of ours. Of `changes`, a line's first character says what it is."""

    title: str
    form: Form
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Proof:
    """What the machine found at one gate; outcome is Passed, Refused, Waiting or NotReached."""

    gate: str
    outcome: str
    text: str


@dataclass(frozen=True)
class Disclosure:
    """Everything a decision about one revision rests on."""

    tool: str
    revision: str
    """Its name ends in digits of the digest."""
    facts: tuple[tuple[str, str], ...]
    parts: tuple[Part, ...]
    proofs: tuple[Proof, ...]
    trials: str
    decisions: tuple[str, ...]
    condemned: str


def disclose(
    rev: ToolRevision, others: Sequence[ToolRevision], ledger: ApprovalLedger | None, serving: str = ""
) -> Disclosure:
    """`others`: revisions of the same tool, newest first. `serving`: the digest that serves."""
    before = last_approved(rev, others, ledger, serving)
    return Disclosure(
        tool=harmless(f"{rev.namespace}/{rev.spec.tool}"),
        revision=harmless(rev.name),
        facts=tuple(_facts(rev)),
        parts=tuple(_parts(rev, before)),
        proofs=tuple(_proof(rev, gate) for gate in ("Analyzed", "Validated")),
        trials=_trials(rev),
        decisions=tuple(_said(ledger, rev.spec.digest)),
        condemned=one_line(_condemned(ledger, rev.spec.digest)),
    )


def without_digest(told: Disclosure) -> Disclosure:
    """For where its digits are typed: they must come by another way, and object names hold some."""
    facts = dict(told.facts)
    digest = facts.pop(DIGEST)
    del facts[DIGITS]
    return replace(
        told,
        revision="",
        facts=tuple(facts.items()),
        proofs=tuple(replace(proof, text=concealed(proof.text, digest)) for proof in told.proofs),
        condemned=concealed(told.condemned, digest),
    )


def _facts(rev: ToolRevision) -> Iterator[tuple[str, str]]:
    permissions = rev.spec.bundle.permissions
    risk = risk_of(permissions)
    yield DIGEST, rev.spec.digest
    yield DIGITS, grouped(rev.spec.digest)
    yield "asked for by", _askers(rev)
    yield "risk", f"{risk}: {WHY[risk]}"
    yield "egress", ", ".join(permissions.egress) or "none"
    yield "credentials", ", ".join(permissions.credentials) or "none"
    yield "state", permissions.state


def _askers(rev: ToolRevision) -> str:
    text = one_line(rev.spec.requested_by)
    if rev.spec.on_behalf_of:
        text += f", on behalf of {one_line(rev.spec.on_behalf_of)}"
    if rev.spec.contributors:
        text += f"; earlier content by {one_line(', '.join(rev.spec.contributors))}"
    return text


def last_approved(
    rev: ToolRevision, others: Sequence[ToolRevision], ledger: ApprovalLedger | None, serving: str
) -> ToolRevision | None:
    """The revision to compare with: what serves, else the newest other one that people approved."""
    approved = approved_before(rev, others, ledger)
    serves = [other for other in approved if other.spec.digest == serving]
    return next(iter(serves + approved), None)


def approved_before(
    rev: ToolRevision, others: Sequence[ToolRevision], ledger: ApprovalLedger | None
) -> list[ToolRevision]:
    """All that it may be compared with, in the order they are given in."""
    return [other for other in others if other.name != rev.name and _approved(ledger, other)]


def _approved(ledger: ApprovalLedger | None, rev: ToolRevision) -> bool:
    """It is what its digest stands for, and people let it run: on all channels that were asked for.

    Anything less as a base would hide, as unchanged, what nobody agreed to.
    """
    if ledger is None or rev.spec.bundle.digest() != rev.spec.digest:
        return False
    egress = rev.spec.bundle.permissions.egress
    needed = max(1, needed_channels(ledger, None, risk_of(rev.spec.bundle.permissions)), _asked_for(rev))
    count = tally(ledger, rev.spec.digest, egress, needed, askers(rev))
    return count.enough and not may_serve(ledger, rev.spec.digest, egress)


def _asked_for(rev: ToolRevision) -> int:
    """As many channels as the policy asked for when its approval was last judged."""
    return rev.status.approval.needed if rev.status.approval else 0


def _condemned(ledger: ApprovalLedger | None, digest: str) -> str:
    return ledger.status.condemned.get(digest, "") if ledger else ""


def _parts(rev: ToolRevision, before: ToolRevision | None) -> Iterator[Part]:
    new = rev.spec.bundle
    yield Part("what it says it does (the requester's words)", "words", _lines(new.description))
    if before is None:
        yield Part("code (nothing of this tool was approved before)", "code", _lines(new.code))
        yield Part("interface, examples and tests", "listing", _lines(contract(new)))
        return
    found = differences(before.spec.bundle, new)
    for each in found:
        if each.lines:
            title = f"{each.part}: changes since {harmless(before.name)}, which was approved"
            yield Part(title, "changes", each.lines)
    yield Part("the whole code", "code", _lines(new.code))
    same = ", ".join(each.part for each in found if not each.lines) or "nothing"
    yield Part(f"unchanged: {same}", "words", ())


def _lines(text: str) -> tuple[str, ...]:
    return tuple(harmless_lines(text))


def contract(bundle: Bundle) -> str:
    """Everything of a bundle but its code, as text that can be compared line by line."""
    rest = {key: value for key, value in bundle.wire().items() if key != "code"}
    return json.dumps(rest, indent=2, sort_keys=True, ensure_ascii=False)


def _proof(rev: ToolRevision, gate: str) -> Proof:
    found = next((c for c in rev.status.conditions if c.type == gate), None)
    if found is None:
        return Proof(gate, "NotReached", "not reached yet")
    return Proof(gate, OUTCOMES[found.status], f"{found.reason}: {one_line(found.message)}")


def _trials(rev: ToolRevision) -> str:
    report = rev.status.validation.report if rev.status.validation else None
    if report is None:
        return ""
    return (
        f"{report.passed} trials passed, {report.failed} failed, slowest "
        f"{report.slowest_milliseconds} ms, {report.memory_kibibytes / 1024:.0f} MiB"
    )


def _said(ledger: ApprovalLedger | None, digest: str) -> Iterator[str]:
    entry = ledger.spec.decisions.get(digest) if ledger else None
    named = (("review", entry.review), ("code", entry.code)) if entry else ()
    for channel, said in named:
        if said is not None:
            pull, why = _how(said)
            yield f"{said.decision} by {one_line(said.by)} ({channel}{pull}){why}"


def _how(said: Review | CodeDecision) -> tuple[str, str]:
    """By which pull request, and why, where it is a review that says so."""
    if not isinstance(said, Review):
        return "", ""
    pull = f", pull request {said.pull_request}" if said.pull_request else ""
    return pull, f": {one_line(said.reason)}" if said.reason else ""
