"""The work queue: nothing twice at a time, nothing lost, and later and later while it fails."""

from __future__ import annotations

import asyncio

import pytest

from cupel.controller.workqueue import LONGEST_BUG_DELAY, LONGEST_DELAY, Key, WorkQueue

A, B = Key("GeneratedTool", "tools", "a"), Key("GeneratedTool", "tools", "b")


def middle() -> float:
    return 0.5


async def nothing_to_take(queue: WorkQueue) -> bool:
    try:
        await asyncio.wait_for(asyncio.shield(asyncio.ensure_future(queue.take())), 0.01)
    except TimeoutError:
        return True
    return False


async def test_a_key_waits_at_most_once() -> None:
    queue = WorkQueue()
    for key in (A, B, A, A):
        queue.add(key)
    assert [await queue.take(), await queue.take()] == [A, B]
    assert await nothing_to_take(queue)


async def test_a_key_is_never_worked_on_twice_at_a_time_and_no_wake_is_lost() -> None:
    queue = WorkQueue()
    queue.add(A)
    await queue.take()
    queue.add(A)
    queue.add(B)
    assert await queue.take() == B, "a is being worked on"
    queue.done(A)
    assert await queue.take() == A


async def test_a_wake_cancels_the_wait_for_a_time() -> None:
    queue = WorkQueue()
    queue.add_after(A, 60)
    queue.add(A)
    assert await queue.take() == A
    queue.done(A)
    assert len(queue._timers) == 0


async def test_the_earlier_of_two_times_counts() -> None:
    queue = WorkQueue()
    queue.add_after(A, 0.02)
    queue.add_after(A, 60)
    assert await asyncio.wait_for(queue.take(), 5) == A


async def test_depth_counts_what_waits_and_what_is_being_worked_on() -> None:
    queue = WorkQueue()
    queue.add(A)
    queue.add(B)
    await queue.take()
    queue.add_after(Key("ToolPolicy", "tools", "later"), 60)
    assert len(queue) == 2


async def test_failures_wait_longer_each_time_up_to_a_minute() -> None:
    queue = WorkQueue(chance=middle)
    delays = [queue.retry(A) for _ in range(12)]
    assert delays[:4] == pytest.approx([0.15, 0.3, 0.6, 1.2])
    assert delays[-1] == LONGEST_DELAY * 0.75
    queue.forgive(A)
    assert queue.retry(A) == pytest.approx(0.15)


async def test_the_servers_own_wish_is_the_least() -> None:
    assert WorkQueue(chance=middle).retry(A, least=9) == 9


async def test_mistakes_wait_much_longer() -> None:
    queue = WorkQueue(chance=middle)
    delays = [queue.retry_slowly(A) for _ in range(8)]
    assert (delays[0], delays[-1]) == (22.5, LONGEST_BUG_DELAY * 0.75)


@pytest.mark.parametrize("workers", [1, 3, 16])
async def test_many_workers_and_many_wakes(workers: int) -> None:
    queue, busy, passes = WorkQueue(), set(), {}
    keys = [Key("GeneratedTool", "tools", str(number)) for number in range(40)]

    async def work() -> None:
        while True:
            key = await queue.take()
            assert key not in busy
            busy.add(key)
            seen = wanted[key]
            await asyncio.sleep(0.001)
            passes[key] = seen
            busy.discard(key)
            queue.done(key)

    wanted = dict.fromkeys(keys, 0)
    tasks = [asyncio.create_task(work()) for _ in range(workers)]
    for _ in range(20):
        for key in keys[::3]:
            wanted[key] += 1
            queue.add(key)
        await asyncio.sleep(0.002)
    async with asyncio.timeout(10):
        while len(queue):
            await asyncio.sleep(0.001)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert passes == {key: 20 for key in keys[::3]}, "the last pass saw the last wish"
