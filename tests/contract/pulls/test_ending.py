"""Pull requests that wait for nobody any more are closed and say why; a service that ends anywhere goes on."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from aiohttp import web
from tests.contract.pulls.desk import Desk

pytestmark = pytest.mark.apiserver


def superseded(desk: Desk, digest: str) -> None:
    desk.zone.tool("superseded", "def run(text: str) -> dict:\n    return {'words': 0}\n", "alice")


def deleted(desk: Desk, digest: str) -> None:
    desk.zone.server.delete(desk.zone.path("GeneratedTool", "deleted")).allowed()


def condemned(desk: Desk, digest: str) -> None:
    desk.zone.condemn(digest)


ENDS: dict[str, tuple[Callable[[Desk, str], object], str]] = {
    "superseded": (superseded, "It was superseded"),
    "deleted": (deleted, "The tool was deleted"),
    "condemned": (condemned, "condemned"),
    "expired": (lambda desk, digest: desk.gate(digest, "False", "ApprovalExpired", verdict="Expired"), "Nobody decided in time"),
    "approved": (lambda desk, digest: desk.gate(digest, "True", "Approved", verdict="Approved"), "all the approvals"),
    "reviewed": (lambda desk, digest: desk.by_kubectl(digest, "bob"), "approved by `bob`"),
    "rejected": (lambda desk, digest: desk.by_kubectl(digest, "carol", "Reject"), "rejected by `carol`"),
}  # fmt: skip


@pytest.mark.parametrize("name", ENDS)
async def test_it_is_closed_with_a_sentence(desk: Desk, name: str) -> None:
    change, words = ENDS[name]
    digest = desk.asked(name)
    await desk.round()
    (pull,) = desk.of(digest)

    change(desk, digest)
    await desk.settled()
    await desk.start()
    await desk.settled()

    assert pull.state == "closed" and len(desk.of(digest)) == 1
    assert [words in said for said in desk.comments(pull)] == [True], desk.comments(pull)


async def test_a_merge_in_time_counts_although_nobody_looked_until_it_expired(desk: Desk) -> None:
    digest = desk.asked("late")
    await desk.round()
    desk.host.merge(desk.of(digest)[0].number, "octo-bob")
    desk.gate(digest, "False", "ApprovalExpired", verdict="Expired")

    await desk.settled()

    assert desk.entry(digest)["review"]["by"] == "bob"


async def test_asked_again_after_it_expired_it_gets_another(desk: Desk) -> None:
    digest = desk.asked("again")
    await desk.round()
    desk.gate(digest, "False", "ApprovalExpired", verdict="Expired")
    await desk.settled()

    desk.gate(digest, "Unknown", "AwaitingApproval", attempt=1)
    await desk.settled()

    assert [pull.state for pull in desk.of(digest)] == ["closed", "open"]


async def test_a_host_that_is_away_decides_nothing_and_a_limit_is_kept(desk: Desk) -> None:
    digest = desk.asked("away")
    await desk.round()
    desk.host.merge(desk.of(digest)[0].number, "octo-bob")
    limit = web.json_response({"message": "slow down"}, status=429, headers={"Retry-After": "40"})
    desk.host.weather = lambda _: limit

    met = await desk.round()
    asked = len(desk.host.requests)
    again = await desk.round()

    assert met.problems == {"host"} and 39 < met.wait <= 40 and again.wait <= 40
    assert len(desk.host.requests) == asked and desk.entry(digest) == {}
    desk.host.weather = lambda _: None
    await desk.start()
    await desk.settled()
    assert desk.entry(digest)["review"]["by"] == "bob"


STEPS = 12
"""More than there are writes between a wish and a recorded decision, void attempts included."""


@pytest.mark.parametrize("carried_out", [True, False], ids=["its answer is lost", "it does not arrive"])
async def test_ended_at_any_write_it_goes_on_and_does_nothing_twice(desk: Desk, carried_out: bool) -> None:
    """Every write in turn is the last one of its process: a void attempt, then a merge, with a fresh start after each."""
    digest = desk.asked("ended" if carried_out else "cut")
    cut: set[tuple[str, str, int]] = set()

    def once(request: web.Request) -> bool:
        """The first time that this write comes."""
        key = (request.method, request.path, len(desk.host.pulls) + len(desk.comments_of_all()))
        if request.method == "GET" or key in cut:
            return False
        cut.add(key)
        return True

    if carried_out:
        desk.host.lost = once
    else:
        desk.host.weather = lambda request: web.Response(status=502) if once(request) else None
    for act in (lambda n: desk.host.merge(n, "stranger"), lambda n: desk.host.merge(n, "octo-bob")):
        for _ in range(STEPS):
            await desk.start()
            await desk.round()
        act(desk.host.opened()[-1].number)
    for _ in range(STEPS):
        await desk.start()
        await desk.round()

    assert len(cut) >= 4
    assert desk.entry(digest)["review"]["by"] == "bob"
    assert [len(desk.comments(pull)) for pull in desk.of(digest)] == [1, 1]
    assert "decides nothing" in desk.comments(desk.of(digest)[0])[0]
    assert "Recorded" in desk.comments(desk.of(digest)[1])[0]
