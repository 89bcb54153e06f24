"""What fails rests by itself, what works goes on, and every piece of work gets its turn."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from cupel.kube.errors import Denied
from cupel.pulls.metrics import Problem
from cupel.pulls.problems import Away, Refused
from cupel.pulls.process import failures, pause
from cupel.pulls.rests import Rests
from cupel.pulls.tries import MOST_AWAYS, Job, Met, Tries

POLL = 30.0
ERRORS: dict[Problem, Exception] = {
    "host": Away("no answer"),
    "refused": Refused("no"),
    "cluster": Denied("no", 403),
    "mistake": KeyError("ours"),
}


class Place:
    """Repositories of jobs; `bad` says which fail, and how."""

    def __init__(self) -> None:
        self.now = 0.0
        self.beats = 0
        self.done: list[str] = []
        self.bad: dict[str, Exception] = {}
        self.tries = Tries(Rests(POLL, lambda: self.now, lambda seconds: seconds), self._beat)

    async def round(self, *names: str, repository: str = "a/b") -> Met:
        """What was tried is in `done`, without the listing."""
        self.done, met = [], Met()
        jobs = [Job(name, self._work(name)) for name in names]
        await self.tries.in_repository(met, repository, Job(repository, self._work(repository)), lambda: jobs)
        self.done = [name for name in self.done if name != repository]
        return met

    def _work(self, name: str) -> Callable[[], Awaitable[None]]:
        async def work() -> None:
            self.done.append(name)
            if name in self.bad:
                raise self.bad[name]

        return work

    def _beat(self) -> None:
        self.beats += 1


@pytest.mark.parametrize("problem", ERRORS)
async def test_one_that_fails_rests_and_slows_nobody(problem: Problem) -> None:
    place = Place()
    place.bad = {"1": ERRORS[problem]}

    seen = []
    for _ in range(4):
        met = await place.round("1", "2", "3")
        assert met.problems == {problem}
        seen.append(place.done)
        place.now += 1

    assert seen == [["1", "2", "3"], ["1", "2", "3"], ["2", "3"], ["2", "3"]]
    place.now += POLL
    await place.round("1", "2", "3")
    assert place.done == ["1", "2", "3"]


async def test_rests_get_longer_up_to_a_quarter_of_an_hour_and_end_with_success() -> None:
    place = Place()
    place.bad = {"1": ERRORS["refused"]}
    tried = []
    while place.now < 7200:
        await place.round("1", "2")
        tried += [place.now] if "1" in place.done else []
        place.now += POLL

    assert tried[:5] == [0, 30, 60, 120, 240]
    assert tried[-1] - tried[-2] == 900
    place.now, place.bad = tried[-1] + 900, {}
    for _ in range(2):
        met = await place.round("1", "2")
        assert (place.done, met.problems) == (["1", "2"], set())


async def test_what_the_host_asks_for_is_waited() -> None:
    place = Place()
    place.bad = {"1": Away("slow down", 100)}
    met = await place.round("1", "2")
    assert met.wait == 100

    place.now += 99
    await place.round("1", "2")
    assert place.done == ["2"]
    place.now += 1
    await place.round("1", "2")
    assert place.done == ["1", "2"]


async def test_three_without_an_answer_end_the_round_and_the_next_starts_behind_them() -> None:
    place = Place()
    names = "123456789"
    place.bad = {name: ERRORS["host"] for name in names[:MOST_AWAYS]}

    await place.round(*names)
    assert place.done == ["1", "2", "3"]
    await place.round(*names)
    assert place.done == ["4", "5", "6", "7", "8", "9", "1", "2", "3"]
    for _ in range(3):
        await place.round(*names)
        assert place.done == ["4", "5", "6", "7", "8", "9"]


async def test_where_everything_is_away_each_still_gets_its_turn() -> None:
    place = Place()
    place.bad = {name: ERRORS["host"] for name in "1234567"}

    turns: list[list[str]] = []
    for _ in range(3):
        await place.round(*"1234567")
        turns.append(place.done)

    assert turns == [["1", "2", "3"], ["4", "5", "6"], ["7", "1", "2"]]


async def test_a_repository_where_nothing_works_rests_and_another_goes_on() -> None:
    place = Place()
    place.bad = {name: ERRORS["refused"] for name in ("a/b", "1", "2")}
    for _ in range(2):
        await place.round("1", "2")

    met = await place.round("1", "2")
    assert (place.done, met.problems, met.failed) == ([], {"refused"}, False)
    met = await place.round("3", repository="c/d")
    assert (place.done, met.problems) == (["3"], set())


async def test_it_beats_after_each_piece_of_work() -> None:
    place = Place()
    place.bad = {"1": ERRORS["host"]}

    await place.round("1", "2")

    assert place.beats == 3


PAUSES: list[tuple[str, Met, tuple[float, float]]] = [
    ("all is well", Met(answered=True), (1, POLL)),
    ("one of many fails", Met({"refused"}, failed=True, answered=True), (1, POLL)),
    ("one of many is to wait", Met({"host"}, 500, failed=True, answered=True), (1, POLL)),
    ("all that failed rests", Met({"host"}), (1, POLL)),
    ("nothing was answered", Met({"host"}, failed=True), (480, 0)),
    ("nothing was answered but when to come again", Met({"host"}, 600, failed=True), (600, 0)),
]


@pytest.mark.parametrize(("met", "wanted"), [row[1:] for row in PAUSES], ids=[row[0] for row in PAUSES])
def test_only_a_host_that_answers_nothing_stops_all(met: Met, wanted: tuple[float, float]) -> None:
    deaf, awake = pause(met, 5, POLL)

    assert 0.75 * wanted[0] <= deaf <= wanted[0] and awake == wanted[1]


def test_rounds_without_an_answer_are_counted() -> None:
    dark, resting, good = Met({"host"}, failed=True), Met({"host"}), Met({"refused"}, 0, True, True)

    assert [failures(3, met) for met in (dark, resting, good)] == [4, 3, 0]
