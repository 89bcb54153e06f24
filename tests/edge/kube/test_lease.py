"""Who leads, on a clock the test turns: the fence closes by itself, and never two lead at a time."""

from __future__ import annotations

import asyncio
import copy
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from typing import Any

import pytest

from cupel.kube.errors import Weather
from cupel.kube.lease import Election, LeaseLost, Terms

Lease = dict[str, Any]


class World:
    """One clock, one Lease object, and whatever happens to requests on their way."""

    def __init__(self) -> None:
        self.time = 1000.0
        self.lease: Lease | None = None
        self.version = 0
        self.writes: list[str] = []
        self.before_write: Callable[[], None] = lambda: None
        self.fail: list[Exception | None] = []

    def steady(self) -> float:
        return self.time

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.time, UTC)


class LeaseClient:
    """The part of `Client` the election uses, over the world's one Lease; fenced like the real one."""

    def __init__(self, world: World, election: Election) -> None:
        self.world = world
        self.election = election

    async def get(self, kind: object, namespace: str, name: str) -> Lease | None:
        return copy.deepcopy(self.world.lease)

    async def create(self, manifest: Lease) -> Lease:
        self._write(manifest)
        if self.world.lease is not None:
            raise Weather("exists", 409)
        return self._store(manifest)

    async def replace(self, manifest: Lease) -> Lease:
        self._write(manifest)
        if self.world.lease is None or manifest["metadata"]["resourceVersion"] != str(self.world.version):
            raise Weather("conflict", 409)
        return self._store(manifest)

    def _write(self, manifest: Lease) -> None:
        self.world.before_write()
        if not self.election.may_write_lease():
            raise Weather("held back")
        self.world.writes.append(self.election.terms.identity)
        if self.world.fail and (error := self.world.fail.pop(0)) is not None:
            raise error

    def _store(self, manifest: Lease) -> Lease:
        self.world.version += 1
        stored = copy.deepcopy(manifest)
        stored["metadata"]["resourceVersion"] = str(self.world.version)
        self.world.lease = stored
        return copy.deepcopy(stored)


def candidate(world: World, name: str) -> tuple[Election, LeaseClient]:
    election = Election(Terms("ns", "lease", name, 15, 10, 2), world.steady, world.now)
    return election, LeaseClient(world, election)


async def attempt(step: Coroutine[Any, Any, Any]) -> bool:
    """Run a step of `win` or `keep`; whether it ended by itself rather than by waiting for its next turn."""
    task = asyncio.ensure_future(step)
    for _ in range(20):
        await asyncio.sleep(0)
        if task.done():
            task.result()
            return True
    task.cancel()
    return False


async def test_the_first_to_come_leads_for_the_time_of_renewal() -> None:
    world = World()
    election, client = candidate(world, "a")
    assert not election.leading()
    assert await attempt(election.win(client))  # type: ignore[arg-type]
    assert election.leading()
    world.time += 9.9
    assert election.leading()
    world.time += 0.2
    assert not election.leading(), "the fence closes by itself, with nothing running"


async def test_another_waits_out_what_it_has_seen_itself() -> None:
    world = World()
    leader, its = candidate(world, "a")
    other, theirs = candidate(world, "b")
    await attempt(leader.win(its))  # type: ignore[arg-type]
    for _ in range(3):
        assert not await attempt(other.win(theirs))  # type: ignore[arg-type]
        world.time += 4.9
    assert not leader.leading() and not other.leading()
    world.time += 0.4
    assert await attempt(other.win(theirs))  # type: ignore[arg-type]
    assert other.leading() and not leader.leading()


async def test_a_released_lease_is_taken_at_once() -> None:
    world = World()
    leader, its = candidate(world, "a")
    other, theirs = candidate(world, "b")
    await attempt(leader.win(its))  # type: ignore[arg-type]
    await leader.release(its)  # type: ignore[arg-type]
    assert not leader.leading()
    assert await attempt(other.win(theirs))  # type: ignore[arg-type]


async def test_a_leader_that_slept_writes_nothing_when_it_wakes() -> None:
    world = World()
    leader, its = candidate(world, "a")
    await attempt(leader.win(its))  # type: ignore[arg-type]
    world.time += 60
    before = list(world.writes)
    with pytest.raises(Weather, match="held back"):
        await leader._renew(its)  # type: ignore[arg-type]
    assert world.writes == before


async def test_one_that_slept_between_reading_and_taking_does_not_take() -> None:
    world = World()
    election, client = candidate(world, "a")

    def sleep() -> None:
        world.time += 60

    world.before_write = sleep
    assert not await attempt(election.win(client))  # type: ignore[arg-type]
    assert (world.writes, election.leading()) == ([], False)


async def test_a_renewal_counts_from_before_it_was_sent() -> None:
    world = World()
    election, client = candidate(world, "a")
    await attempt(election.win(client))  # type: ignore[arg-type]
    world.time += 2

    def slow() -> None:
        world.time += 5

    world.before_write = slow
    await election._renew(client)  # type: ignore[arg-type]
    world.time += 4.9
    assert election.leading()
    world.time += 0.2
    assert not election.leading(), "5 s on the way are 5 s less"


async def test_a_lost_answer_to_a_renewal_is_not_a_lost_lease() -> None:
    world = World()
    election, client = candidate(world, "a")
    await attempt(election.win(client))  # type: ignore[arg-type]
    world.version += 1  # our renewal was stored, its answer was not seen
    assert world.lease is not None
    world.lease["metadata"]["resourceVersion"] = str(world.version)
    with pytest.raises(Weather):
        await election._renew(client)  # type: ignore[arg-type]
    await election._look_again(client)  # type: ignore[arg-type]
    await election._renew(client)  # type: ignore[arg-type]
    assert election.leading()


async def test_a_lease_taken_by_another_ends_it() -> None:
    world = World()
    election, client = candidate(world, "a")
    await attempt(election.win(client))  # type: ignore[arg-type]
    assert world.lease is not None
    world.lease["spec"]["holderIdentity"] = "b"
    with pytest.raises(LeaseLost):
        await election._look_again(client)  # type: ignore[arg-type]
    assert not election.leading()


@pytest.mark.parametrize("seed", range(40))
async def test_two_never_lead_at_a_time_whatever_the_weather(seed: int) -> None:
    import random

    chance = random.Random(seed)
    world = World()
    pairs = [candidate(world, name) for name in "abc"]

    def weather() -> None:
        world.time += chance.choice([0, 0, 0.1, 1, 3, 30])

    world.before_write = weather
    for _ in range(300):
        world.time += chance.random() * 3
        election, client = chance.choice(pairs)
        world.fail = [Weather("lost", 0)] if chance.random() < 0.2 else []
        try:
            if election.leading():
                await election._renew(client)  # type: ignore[arg-type]
            else:
                await election._try(client)  # type: ignore[arg-type]
        except Weather as error:
            if error.code == 409:
                try:
                    await election._look_again(client)  # type: ignore[arg-type]
                except LeaseLost:
                    pass
        assert sum(one.leading() for one, _ in pairs) <= 1
