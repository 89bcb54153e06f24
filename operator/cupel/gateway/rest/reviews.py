"""What waits for a review, with the evidence, by REST: as the caller may see it, with their own token.

For reviewers that are programs, agents among them; what they may review the API server holds, by the ledger.
"""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import ValidationError

from cupel.api.approval_ledger import LEDGER_NAME, ApprovalLedger
from cupel.api.common import JsonObject
from cupel.api.tool_revision import ToolRevision
from cupel.decide.approvals import askers, risk_of, voiceless
from cupel.decide.channels import missing
from cupel.decide.disclosure import disclose
from cupel.decide.pull_stages import seen_revision
from cupel.kube.borrowed import Borrow
from cupel.kube.client import Client
from cupel.kube.resources import APPROVAL_LEDGER, TOOL_REVISION

from ..problems import Code, Problem
from .bodies import Evidence, ReviewPage, ReviewView
from .operation import Answer, Asked, Operation, Parameter
from .people import NAME, PROBLEMS, acting

PAGE = 20
AFTER = Parameter("after", "The `revision` after which the page begins; `after` of the last answer.")
READ: tuple[Code, ...] = (*PROBLEMS, "invalid-field")


class Reviews:
    """One operation; `borrow` None: nothing is forwarded."""

    def __init__(self, borrow: Borrow | None) -> None:
        self._borrow = borrow

    def operations(self) -> tuple[Operation, ...]:
        return (
            Operation(
                "GET",
                "/reviews/{namespace}",
                "listReviews",
                "List what waits for a review, with the evidence.",
                self._list,
                ReviewPage,
                query=(AFTER,),
                problems=READ,
                forwards=True,
            ),
        )

    async def _list(self, asked: Asked) -> Answer:
        """Raises Problem."""
        namespace, after = asked.path["namespace"], asked.query.get("after", "")
        if not NAME.match(namespace):
            raise Problem("not-found", "the path must name a namespace")

        async def read(client: Client) -> ReviewPage:
            found = await client.list(TOOL_REVISION, namespace)
            kept = await client.get(APPROVAL_LEDGER, namespace, LEDGER_NAME)
            return _page(list(_parsed(found)), _ledger(kept), after)

        return Answer(await acting(self._borrow, asked, read))


def _page(revisions: list[ToolRevision], ledger: ApprovalLedger | None, after: str) -> ReviewPage:
    """What waits, in order of the revisions' names. What is not what its digest says is not shown."""
    waiting = sorted(
        (rev for rev in revisions if seen_revision(rev).stage == "Waiting" and rev.name > after),
        key=lambda rev: rev.name,
    )
    genuine = [rev for rev in waiting if rev.spec.bundle.digest() == rev.spec.digest]
    shown = genuine[:PAGE]
    views = tuple(_view(rev, revisions, ledger) for rev in shown)
    return ReviewPage(reviews=views, after=shown[-1].name if len(genuine) > PAGE else None)


def _view(rev: ToolRevision, revisions: list[ToolRevision], ledger: ApprovalLedger | None) -> ReviewView:
    others = [each for each in revisions if each.spec.tool == rev.spec.tool]
    newest = sorted(others, key=lambda each: (str(each.metadata.creation_timestamp), each.name), reverse=True)
    told = disclose(rev, newest, ledger)
    window = rev.status.approval
    needed = window.needed if window else 0
    entry = ledger.spec.decisions.get(rev.spec.digest) if ledger else None
    silent = voiceless(ledger, rev.spec.digest, needed) if ledger else frozenset()
    return ReviewView(
        namespace=rev.namespace,
        name=rev.spec.tool,
        revision=rev.name,
        digest=rev.spec.digest,
        risk=risk_of(rev.spec.bundle.permissions),
        asked_by=tuple(sorted(askers(rev))),
        permissions=rev.spec.bundle.permissions.wire(),
        description=rev.spec.bundle.description,
        input_schema=rev.spec.bundle.interface.input_schema,
        output_schema=rev.spec.bundle.interface.output_schema,
        code=rev.spec.bundle.code,
        evidence=tuple(
            Evidence(gate=proof.gate, outcome=proof.outcome, message=proof.text) for proof in told.proofs
        ),
        trials=told.trials,
        decided=told.decisions,
        needed=needed,
        missing=missing(entry, needed, askers(rev) | silent),
        deadline=window.deadline if window else None,
    )


def _parsed(found: JsonObject) -> Iterator[ToolRevision]:
    for body in found.get("items") or ():
        try:
            yield ToolRevision.parse(body)
        except ValidationError:
            continue  # of another version of Cupel: not for this one to show


def _ledger(body: JsonObject | None) -> ApprovalLedger | None:
    try:
        return ApprovalLedger.parse(body) if body else None
    except ValidationError:
        raise Problem("cluster-refused", "the ledger is of another version of Cupel") from None
