"""What we may do: asked once, remembered, and asked again while the answer there is goes on being given."""

from __future__ import annotations

import asyncio

from tests.edge.kube.fake_server import Answer, FakeServer

from cupel.kube.may import ASK_SECONDS, May

SCALE = ("patch", "deployments", "scale")


class Clock:
    """A clock that goes when it is told to."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def said(allowed: bool, hold: asyncio.Event | None = None) -> Answer:
    return Answer(201, {"status": {"allowed": allowed}}, hold=hold)


async def test_an_answer_is_remembered_for_its_namespace() -> None:
    async with FakeServer() as server:
        client = server.client()
        may = May(client, Clock())
        server.script.extend([said(False), said(True)])
        found = [await may.do("shop", SCALE), await may.do("shop", SCALE), await may.do("farm", SCALE)]
        await client.close()

    assert found == [False, False, True]
    assert len(server.asked) == 2


async def test_an_old_answer_is_given_until_the_next_one_is_there_and_asked_for_once() -> None:
    clock, slow = Clock(), asyncio.Event()
    async with FakeServer() as server:
        client = server.client()
        may = May(client, clock)
        server.script.extend([said(False), said(True, hold=slow)])
        assert not await may.do("shop", SCALE)
        clock.seconds = ASK_SECONDS
        assert [await may.do("shop", SCALE) for _ in range(3)] == [False] * 3
        slow.set()
        async with asyncio.timeout(10):
            while not await may.do("shop", SCALE):
                await asyncio.sleep(0.01)
        await client.close()

    assert len(server.asked) == 2


async def test_what_cannot_be_asked_is_left_to_the_write() -> None:
    async with FakeServer() as server:
        client = server.client()
        server.script.append(Answer(500, {"message": "a restart"}))
        allowed = await May(client, Clock()).do("shop", SCALE)
        await client.close()

    assert allowed
