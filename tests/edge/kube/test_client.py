"""What becomes of a call: its answer, weather, or a denial; and what the fence lets out."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from tests.edge.kube.fake_server import Answer, FakeServer

from cupel.kube.client import Client
from cupel.kube.errors import Denied, Unexpected, Weather
from cupel.kube.resources import GENERATED_TOOL, POD

TOOL = {
    "apiVersion": "cupel.dev/v1alpha1",
    "kind": "GeneratedTool",
    "metadata": {"name": "t", "namespace": "tools", "resourceVersion": "7"},
    "status": {},
}
CUT = b'HTTP/1.1 200 OK\r\nContent-Length: 400\r\n\r\n{"kind":'
SHORT = b'HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\n{"kind":'


def status(code: int, message: str = "no") -> Answer:
    return Answer(code, {"kind": "Status", "message": message, "code": code})


# fmt: off
FATES = [
    # id                          answer                                            becomes     code
    ("conflict-is-weather",       status(409),                                      Weather,    409),
    ("too-many-is-weather",       status(429),                                      Weather,    429),
    ("internal-error-is-weather", status(500),                                      Weather,    500),
    ("unavailable-is-weather",    status(503),                                      Weather,    503),
    ("old-token-is-weather",      status(401),                                      Weather,    401),
    ("no-json-error-is-weather",  Answer(raw=b"HTTP/1.1 502 X\r\nContent-Length: 2\r\n\r\n<x"), Weather, 502),
    ("cut-answer-is-weather",     Answer(raw=CUT),                                  Weather,    0),
    ("cut-json-is-weather",       Answer(raw=SHORT),                                Weather,    0),
    ("closed-is-weather",         Answer(raw=b""),                                  Weather,    0),
    ("forbidden-is-denied",       status(403),                                      Denied,     403),
    ("invalid-is-denied",         status(422),                                      Denied,     422),
    ("no-namespace-is-denied",    status(404),                                      Denied,     404),
    ("too-large-is-denied",       status(413),                                      Denied,     413),
    ("bad-request-is-our-bug",    status(400),                                      Unexpected, None),
]
# fmt: on


@pytest.mark.parametrize(("answer", "becomes", "code"), [f[1:] for f in FATES], ids=[f[0] for f in FATES])
async def test_an_answer_has_one_fate(answer: Answer, becomes: type[Exception], code: int | None) -> None:
    async with FakeServer() as server:
        client = server.client()
        server.script.extend([answer, answer])  # aiohttp may ask twice when a kept connection was closed
        with pytest.raises(becomes) as raised:
            await client.replace_status(TOOL)
        await client.close()

    assert getattr(raised.value, "code", None) == code


async def test_a_denial_carries_the_servers_own_words() -> None:
    async with FakeServer() as server:
        client = server.client()
        server.script.append(status(403, "ValidatingAdmissionPolicy 'cupel-x' denied request: because"))
        with pytest.raises(Denied, match="'cupel-x' denied request: because"):
            await client.apply(TOOL)
        await client.close()


async def test_of_a_status_that_was_written_only_the_metadata_comes_back() -> None:
    metadata = {"name": "t", "resourceVersion": "8"}
    async with FakeServer() as server:
        client = server.client()
        server.script.append(Answer(200, {"kind": "PartialObjectMetadata", "metadata": metadata}))
        assert await client.replace_status(TOOL) == metadata
        await client.close()

    (asked,) = server.asked
    first, otherwise = asked.accept.split(",")
    assert "as=PartialObjectMetadata" in first
    assert otherwise == "application/json", "who cannot answers with all of it"


async def test_the_wait_the_server_asks_for_is_known() -> None:
    async with FakeServer() as server:
        client = server.client()
        server.script.append(Answer(429, {"message": "slow down"}, {"Retry-After": "7"}))
        with pytest.raises(Weather) as raised:
            await client.apply(TOOL)
        await client.close()

    assert raised.value.retry_after == 7


async def test_one_call_is_one_request() -> None:
    async with FakeServer() as server:
        client = server.client()
        server.script.append(status(503))
        with pytest.raises(Weather):
            await client.get(POD, "tools", "p")
        await client.close()

    assert len(server.asked) == 1


@pytest.mark.parametrize("code", [404, 409], ids=["gone", "another-has-its-name"])
async def test_deleting_what_is_no_longer_there_is_done(code: int) -> None:
    async with FakeServer() as server:
        client = server.client()
        server.script.append(status(code))
        await client.delete(POD, "tools", "p", "uid-1")
        await client.close()

    assert server.asked[0].body["preconditions"] == {"uid": "uid-1"}


async def test_absence_is_an_answer() -> None:
    async with FakeServer() as server:
        client = server.client()
        server.script.append(status(404))
        assert await client.get(POD, "tools", "p") is None
        await client.close()


async def test_every_write_is_counted_by_its_outcome() -> None:
    counted: list[tuple[str, str, str]] = []
    async with FakeServer() as server:
        client = server.client(sink=lambda *what: counted.append(what))
        server.script.extend([Answer(), status(409), status(422)])
        await client.apply(TOOL)
        for expected in (Weather, Denied):
            with pytest.raises(expected):
                await client.replace_status(TOOL)
        await client.get(POD, "tools", "p")
        await client.close()

    assert counted == [
        ("apply", "GeneratedTool", "ok"),
        ("status", "GeneratedTool", "weather"),
        ("status", "GeneratedTool", "denied"),
    ]


async def _every_write(client: Client) -> list[str]:
    """Try each way to write; the names of those that were held back."""
    calls: dict[str, Any] = {
        "apply": client.apply(TOOL),
        "create": client.create(TOOL),
        "dry run": client.create(TOOL, trial="All"),
        "patch": client.merge_patch(GENERATED_TOOL, "tools", "t", {"metadata": {}}),
        "replace": client.replace(TOOL),
        "status": client.replace_status(TOOL),
        "delete": client.delete(POD, "tools", "p", "u"),
    }
    held = []
    for name, call in calls.items():
        try:
            await call
        except Weather:
            held.append(name)
    return held


async def test_the_fence_holds_back_every_way_to_write_and_no_read() -> None:
    async with FakeServer() as server:
        client = server.client(permit=lambda: False)
        held = await _every_write(client)
        await client.get(POD, "tools", "p")
        await client.close()

    assert held == ["apply", "create", "dry run", "patch", "replace", "status", "delete"]
    assert [asked.method for asked in server.asked] == ["GET"], "not one byte of a write may come through"


async def test_an_open_fence_lets_every_write_out() -> None:
    async with FakeServer() as server:
        client = server.client(permit=lambda: True)
        held = await _every_write(client)
        await client.close()

    assert (held, len(server.asked)) == ([], 7)


async def test_a_write_that_waited_for_a_connection_is_asked_again_just_before_it_goes() -> None:
    leads = True
    async with FakeServer() as server:
        client = server.client(permit=lambda: leads)
        client.api.rest_client.pool_manager.connector._limit = 1
        hold = asyncio.Event()
        server.script.append(Answer(hold=hold))
        first = asyncio.create_task(client.get(POD, "tools", "p"))
        while not server.asked:
            await asyncio.sleep(0)
        second = asyncio.create_task(client.apply(TOOL))  # decided while leading, waits for the connection
        await asyncio.sleep(0)
        leads = False
        hold.set()
        await first
        with pytest.raises(Weather):
            await second
        await client.close()

    assert [asked.method for asked in server.asked] == ["GET"]
