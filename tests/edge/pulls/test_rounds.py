"""Rounds against a host that speaks its API: what one pull request does to the others, and what stops nobody."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from tests.support.github import TOKEN, GitHub, PullRequest
from tests.unit.decide.builders import NOON, ledger, revision, tool, window

from cupel import clock
from cupel.api.approval_ledger import ApprovalLedger, PullRequests, PullReviewer
from cupel.api.common import Condition
from cupel.api.tool_revision import ToolRevision
from cupel.decide.pull_stages import RevisionSeen, seen_revision, seen_tool
from cupel.decide.pulls import Decision
from cupel.pulls.ledgers import Ledgers
from cupel.pulls.metrics import Metrics
from cupel.pulls.process import rounds
from cupel.pulls.round import Rounds
from cupel.pulls.sights import Sights
from cupel.pulls.tries import Met
from cupel.settings.pulls import pulls_settings

BOB = PullReviewer(account=12, login="octo-bob", person="bob")


class Book(Ledgers):
    """Revisions and decisions, kept here."""

    def __init__(self) -> None:
        self.whole: dict[str, ToolRevision] = {}
        self.decided: dict[str, Decision] = {}

    async def revisions(self, rev: RevisionSeen) -> tuple[ToolRevision, tuple[ToolRevision, ...]]:
        return self.whole[rev.name], (self.whole[rev.name],)

    async def may_approve(self, reviewer: PullReviewer, namespace: str) -> bool:
        return True

    async def write(
        self, rev: ToolRevision, decision: Decision, person: str, number: int, now: datetime
    ) -> None:
        self.decided[rev.spec.tool] = decision


@dataclass
class Service:
    """One service over what is put into its sights."""

    host: GitHub
    turn: Rounds
    sights: Sights
    token: Path
    book: Book = field(default_factory=Book)

    async def round(self) -> Met:
        return await self.turn.once()

    def zone(self, decisions: Any = None, repository: str = "acme/tools", namespace: str = "tools") -> None:
        made = ledger(decisions)
        spec = made.spec.model_copy(
            update={"pull_requests": PullRequests(repository=repository, reviewers=(BOB,))}
        )
        metadata = made.metadata.model_copy(update={"namespace": namespace})
        found: ApprovalLedger = made.model_copy(update={"spec": spec, "metadata": metadata})
        self.sights.ledgers.seen[(namespace, "ledger")] = found

    def asked(self, name: str, namespace: str = "tools") -> ToolRevision:
        """A revision that waits."""
        waits = {
            "type": "Approved",
            "status": "Unknown",
            "reason": "AwaitingApproval",
            "lastTransitionTime": NOON,
        }
        of = tool(name, meta={"namespace": namespace})
        rev = revision(of, conditions=(Condition.model_validate(waits),), approval=window("Waiting"))
        self.book.whole[rev.name] = rev
        self.sights.revisions.seen[(namespace, rev.name)] = seen_revision(rev)
        self.sights.tools.seen[(namespace, name)] = seen_tool(of)
        return rev

    def withdrawn(self, name: str) -> None:
        """Its tool is deleted: the pull request waits for nobody."""
        del self.sights.tools.seen[("tools", name)]

    def of(self, name: str) -> list[PullRequest]:
        return [pull for pull in self.host.pulls.values() if f"/{name}/" in pull.head]


@pytest.fixture
async def service(served: tuple[GitHub, str, str], tmp_path: Path) -> AsyncIterator[Service]:
    host, api, git = served
    token = tmp_path / "token"
    token.write_text(TOKEN)
    values = {"CUPEL_PULLS_API_URL": api, "CUPEL_PULLS_GIT_URL": git, "CUPEL_PULLS_TOKEN_FILE": str(token)}
    sights, book = Sights(lambda: None), Book()
    async with aiohttp.ClientSession() as session:
        turn = rounds(pulls_settings(values), book, session, sights, Metrics())
        made = Service(host, turn, sights, token, book)
        made.zone()
        yield made


TOO_LONG = b"[" + b" " * (9 * 2**20) + b"]"
ANSWERS = {
    "an error": lambda: web.Response(status=502),
    "a refusal": lambda: web.json_response({"message": "Not Found"}, status=404),
    "an answer that is too long": lambda: web.Response(body=TOO_LONG, content_type="application/json"),
}


@pytest.mark.parametrize("what", ANSWERS)
async def test_a_stale_one_that_fails_keeps_no_other_open(service: Service, what: str) -> None:
    for name in ("one", "two", "three"):
        service.asked(name)
    await service.round()
    for name in ("one", "two", "three"):
        service.withdrawn(name)
    bad = f"/pulls/{service.of('one')[0].number}"
    service.host.weather = lambda request: ANSWERS[what]() if request.path.endswith(bad) else None

    met = await service.round()

    assert [service.of(name)[0].state for name in ("one", "two", "three")] == ["open", "closed", "closed"]
    assert met.problems == {"host" if what == "an error" else "refused"} and met.answered
    service.host.weather = lambda _: None
    await service.round()
    assert service.of("one")[0].state == "closed"


async def test_an_answer_that_is_too_long_stops_one_pull_request(service: Service) -> None:
    for name in ("one", "two"):
        service.asked(name)
    await service.round()
    for name in ("one", "two"):
        service.host.merge(service.of(name)[0].number, "octo-bob")
    bad = f"/issues/{service.of('one')[0].number}/events"
    too_long = ANSWERS["an answer that is too long"]
    service.host.weather = lambda request: too_long() if request.path.endswith(bad) else None

    met = await service.round()

    assert service.book.decided == {"two": "Approve"} and met.problems == {"refused"}


async def test_long_comments_keep_no_merge_from_deciding(service: Service) -> None:
    service.asked("one")
    await service.round()
    (pull,) = service.of("one")
    pull.comments += [("stranger", "\N{GRINNING FACE}" * 65_536)] * 25
    service.host.merge(pull.number, "octo-bob")

    await service.round()

    assert service.book.decided == {"one": "Approve"}


async def test_our_word_is_found_behind_pages_of_comments(service: Service) -> None:
    service.asked("one")
    await service.round()
    service.host.merge(service.of("one")[0].number, "stranger")
    service.of("one")[0].comments += [("stranger", "noise")] * 35

    for _ in range(3):
        await service.round()

    said = [text for who, text in service.of("one")[0].comments if who == "cupel-bot"]
    assert len(said) == 1 and [pull.state for pull in service.of("one")] == ["closed", "open"]


async def test_a_commit_that_was_added_and_taken_away_before_we_looked_decides_nothing(
    service: Service,
) -> None:
    service.asked("one")
    await service.round()
    (pull,) = service.of("one")
    ours = service.host.branch(pull.head)

    service.host.push_commit(pull.head, b"harmless\n")
    service.host.force(pull.head, ours)
    service.host.merge(pull.number, "octo-bob")
    await service.round()

    assert service.book.decided == {}
    assert "forced onto its branch" in pull.comments[0][1]
    service.host.merge(service.of("one")[1].number, "octo-bob")
    await service.round()
    assert service.book.decided == {"one": "Approve"}


async def test_more_events_than_can_be_read_decide_nothing(service: Service) -> None:
    service.asked("one")
    await service.round()
    (pull,) = service.of("one")

    pull.events += [("stranger", "labeled")] * 1000
    await service.round()

    assert [each.state for each in service.of("one")] == ["closed", "open"]
    assert "can be looked through" in pull.comments[0][1]


async def test_a_repository_that_is_not_there_slows_no_other(service: Service) -> None:
    service.zone(repository="acme/gone", namespace="others")
    service.asked("far", "others")
    for _ in range(3):
        met = await service.round()
    before = len(service.host.requests)

    service.asked("one")
    met = await service.round()

    assert len(service.of("one")) == 1 and met.problems == {"refused"} and met.answered
    assert not [each for each in service.host.requests[before:] if "acme/gone" in each.path]


async def test_a_review_that_came_in_another_repository_is_asked_for_once(service: Service) -> None:
    rev = service.asked("one")
    said = {"decision": "Approve", "by": "bob", "pullRequest": 41, "at": clock.now().isoformat()}
    service.zone({rev.spec.digest: {"review": said}})

    met = [await service.round() for _ in range(3)]

    assert [each.problems for each in met] == [set(), set(), set()]
    asked = [request.status for request in service.host.requests if request.path.endswith("/pulls/41")]
    assert asked == [404]
