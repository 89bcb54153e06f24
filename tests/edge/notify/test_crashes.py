"""Killed at any point, or with channels that fail: every notice arrives, and none twice but in the window
that docs/notifications.md names.
"""

from __future__ import annotations

import asyncio
from collections import Counter

import pytest

from .conftest import FakeStage
from .objects import refused, served
from .stage import Message, Process, until


def counted(stage: FakeStage) -> Counter[str]:
    """How often each notice arrived."""
    return Counter(number for message in stage.receiver.messages for number in message.numbers)


async def test_a_restart_tells_nothing_twice_and_what_happened_meanwhile_is_told(stage: FakeStage) -> None:
    stage.api.put(served("old"))
    first = await stage.start()
    stage.api.put(refused("before"))
    await until(lambda: stage.told("before"), "the first is told")
    assert await first.end() == 0

    stage.api.put(refused("between"))
    await stage.start()
    await until(lambda: stage.told("between"), "what happened meanwhile is told")
    stage.api.put(refused("after"))
    await until(lambda: stage.told("after"), "what happens now is told")

    assert sorted(counted(stage).values()) == [1, 1, 1]
    assert not stage.told("old")


POINTS = ["put down and not sent", "while the channel reads it", "taken, but not noted", "noted as sent"]
TWICE = {"while the channel reads it", "taken, but not noted"}
"""The window: the channel has it, and nobody wrote that down."""


@pytest.mark.parametrize("point", POINTS)
async def test_killed(stage: FakeStage, point: str) -> None:
    process = await stage.start(CUPEL_NOTIFY_BATCH_SECONDS="2" if point == POINTS[0] else "0.3")
    await kill_at(stage, process, point)
    async with asyncio.timeout(30):
        await process.running.wait()
    stage.receiver.arrived = None
    stage.receiver.silent.clear()

    await stage.start()
    await until(lambda: stage.unsent() == 0, "it is noted as sent", 40)
    stage.api.put(refused("last"))
    await until(lambda: stage.told("last"), "the next is told")

    times = counted(stage)
    of_first = {number for message in stage.told("first") for number in message.numbers}
    assert len(of_first) == 1, "the same news has the same number"
    (number,) = of_first
    assert times[number] == (2 if point in TWICE else 1)


async def kill_at(stage: FakeStage, process: Process, point: str) -> None:
    if point in TWICE:
        # The answer of a killed sender's request reaches nobody: to the store both are the same moment.
        stage.receiver.arrived = lambda _: process.kill()
        stage.receiver.silent |= {"chat"} if point == "while the channel reads it" else set()
    stage.api.put(refused("first"))
    if point == "put down and not sent":
        await until(lambda: stage.unsent() == 1, "it is put down")
        process.kill()
    if point == "noted as sent":
        await until(lambda: stage.told("first") and stage.unsent() == 0, "it is sent")
        process.kill()


async def test_killed_again_and_again_in_a_storm_it_loses_nothing(stage: FakeStage) -> None:
    """Sixty refusals, five lives."""
    for life in range(5):
        process = await stage.start()
        for number in range(12):
            stage.api.put(refused(f"tool-{life}-{number}"))
        marked = f"SELECT count(*) FROM notice_marks WHERE tool LIKE 'tool-{life}-%'"
        await until(lambda marked=marked: stage.rows(marked)[0][0] > 3, "it is at work")
        process.kill()
        await process.running.wait()

    await stage.start()
    await until(lambda: stage.rows("SELECT count(*) FROM notice_letters") == [(60,)], "all are put down")
    await until(lambda: stage.unsent() == 0, "all are sent", 60)

    letters = stage.rows("SELECT id, attempts FROM notice_letters")
    arrived = counted(stage)
    for number, attempts in letters:
        assert arrived[number] <= attempts, "never more often than it had to be tried"
    titles = [int(m.title.split()[1]) if "notices" in m.title else 1 for m in stage.receiver.messages]
    assert sum(titles) >= 60


async def test_two_replicas_tell_everything_once(stage: FakeStage) -> None:
    await asyncio.gather(stage.start(), stage.start())

    for number in range(40):
        stage.api.put(refused(f"tool-{number}"))
    await until(lambda: stage.rows("SELECT count(*) FROM notice_letters") == [(40,)], "all are put down")
    await until(lambda: stage.unsent() == 0, "all are sent")

    assert sum(int(m.title.split()[1]) if "notices" in m.title else 1 for m in stage.receiver.messages) == 40
    assert set(counted(stage).values()) == {1}


async def test_the_other_replica_goes_on_where_one_was_killed(stage: FakeStage) -> None:
    replicas = {name: await stage.start(CUPEL_IDENTITY=name) for name in ("one", "two")}

    def kill_the_sender(_: Message) -> None:
        stage.receiver.arrived = None
        holder = str(stage.rows("SELECT claimed_by FROM notice_channels")[0][0])
        replicas[holder.partition("_")[0]].kill()

    stage.receiver.arrived = kill_the_sender
    stage.api.put(refused("first"))
    await until(lambda: len(stage.told("first")) == 2 and stage.unsent() == 0, "the other sent it again", 40)

    assert list(counted(stage).values()) == [2], "under the same number"


async def test_a_channel_that_fails_holds_up_no_other_and_gets_it_later(stage: FakeStage) -> None:
    stage.route(channels=("broken", "silent", "good"))
    stage.receiver.status["broken"] = 503
    stage.receiver.silent.add("silent")
    process = await stage.start()

    stage.api.put(refused("first"))
    await until(lambda: stage.receiver.of("good"), "the good channel has it")
    await until(lambda: stage.receiver.refused >= 3, "the broken one is tried again and again")
    stage.api.put(refused("second"))
    await until(lambda: len(stage.receiver.of("good")) == 2, "and the good one goes on")
    assert await until(
        lambda: process.metric('cupel_notify_failed_total{channel="broken"}'), "failures are counted"
    )
    assert await until(
        lambda: process.metric('cupel_notify_waiting{channel="broken",reason="CodeRefused"}'),
        "and what waits",
    )
    assert await process.metric("cupel_notify_oldest_seconds") > 0

    stage.receiver.status.clear()
    await until(
        lambda: (
            {n for m in stage.receiver.of("broken") for n in m.numbers}
            == {n for m in stage.receiver.of("good") for n in m.numbers}
        ),
        "the broken one has everything, too",
    )
    per_channel = Counter(
        (m.channel, n) for m in stage.receiver.messages if m.channel != "silent" for n in m.numbers
    )
    assert set(per_channel.values()) == {1}


async def test_what_cannot_be_told_for_long_is_given_up_and_said(stage: FakeStage) -> None:
    stage.receiver.status["chat"] = 500
    process = await stage.start(CUPEL_NOTIFY_GIVE_UP_SECONDS="1")

    stage.api.put(refused("first"))

    given_up = 'cupel_notify_given_up_total{channel="chat"}'
    await until(lambda: process.metric(given_up), "it is given up")
    assert process.said('"given_up": 1') and process.said("json did not take it")
    stage.receiver.status.clear()
    stage.api.put(refused("second"))
    await until(lambda: stage.told("second"), "the channel is used again")
    assert not stage.told("first")


async def test_the_api_server_goes_away_and_comes_back(stage: FakeStage) -> None:
    process = await stage.start()
    stage.api.down = True
    stage.api.cut()
    stage.api.put(refused("meanwhile"))
    await until(lambda: process.said("list or watch of generatedtools"), "it notices")
    assert (await process.ask("/livez"))[0] == 200

    stage.api.down = False
    await until(lambda: stage.told("meanwhile"), "what happened is told", 60)
    assert set(counted(stage).values()) == {1}
