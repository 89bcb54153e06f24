"""Kubernetes Events: what describe shows, repeats counted, and never in the way."""

from __future__ import annotations

import asyncio
import contextlib
import time
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import Any

from tests.edge.kube.fake_server import Answer, FakeServer

from cupel.kube.recorder import GIVING_WAY, MAX_WAITING, Note, Recorder, Reference

TOOL = Reference("cupel.dev/v1alpha1", "GeneratedTool", "tools", "t", "uid-1")
NOTE = Note(TOOL, None, "Warning", "Validate", "TrialsFailed", "x" * 3000, datetime(2030, 1, 1, tzinfo=UTC))


async def written(
    server: FakeServer, notes: list[Note], requests: int, losses: int = 0, *, crowded: bool = False
) -> tuple[list[Any], int]:
    """Let a recorder write these, until so many were asked and lost; what was asked, and how many were lost."""
    lost: list[None] = []
    client = server.client()
    recorder = Recorder(client, "operator-1", lambda: lost.append(None), lambda: crowded)
    for note in notes:
        recorder.record(lambda note=note: note)
    task = asyncio.create_task(recorder.run())
    async with asyncio.timeout(10):
        while len(server.asked) < requests or len(lost) < losses or not recorder._waiting.empty():
            await asyncio.sleep(0.001)
    await asyncio.sleep(0)
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
    await client.close()
    return server.asked, len(lost)


async def test_an_event_says_who_did_what_to_whom() -> None:
    async with FakeServer() as server:
        asked, _ = await written(server, [NOTE], 1)
    body = asked[0].body

    assert (asked[0].method, asked[0].path.split("?")[0]) == (
        "POST",
        "/apis/events.k8s.io/v1/namespaces/tools/events",
    )
    assert (body["action"], body["reason"], body["type"]) == ("Validate", "TrialsFailed", "Warning")
    assert (body["regarding"]["uid"], body["reportingController"]) == ("uid-1", "cupel.dev/operator")
    assert len(body["note"]) == 1024


async def test_while_passes_wait_events_are_written_slowly_and_none_is_lost() -> None:
    began = time.monotonic()
    async with FakeServer() as server:
        notes = [replace(NOTE, text=text) for text in "abc"]
        asked, lost = await written(server, notes, len(notes), crowded=True)

    assert (len(asked), lost) == (3, 0)
    assert time.monotonic() - began >= 3 * GIVING_WAY


async def test_a_repeat_counts_up_the_first() -> None:
    async with FakeServer() as server:
        server.script.extend([Answer(409, {}), Answer(200, {"series": {"count": 4}}), Answer()])
        asked, lost = await written(server, [NOTE], 3)

    assert [one.method for one in asked] == ["POST", "GET", "PATCH"]
    assert asked[2].body["series"]["count"] == 5
    assert asked[0].body["metadata"]["name"] in asked[2].path
    assert lost == 0


async def test_two_that_say_the_same_have_one_name_and_others_have_others() -> None:
    other = Note(TOOL, None, "Normal", "Validate", "TrialsPassed", "y", NOTE.at)
    later = Note(
        TOOL, None, "Warning", "Validate", "TrialsFailed", NOTE.text, datetime(2031, 1, 1, tzinfo=UTC)
    )
    assert NOTE.name == later.name != other.name


async def test_what_is_refused_is_counted_and_not_tried_again() -> None:
    async with FakeServer() as server:
        server.script.append(Answer(403, {"message": "namespace is going"}))
        asked, lost = await written(server, [NOTE], 1, losses=1)

    assert (len(asked), lost) == (1, 1)


async def test_an_event_for_which_there_is_no_room_is_counted_and_not_even_made() -> None:
    made: list[int] = []
    lost: list[None] = []

    def note(number: int) -> Note:
        made.append(number)
        return NOTE

    async with FakeServer() as server:
        client = server.client()
        recorder = Recorder(client, "operator-1", lambda: lost.append(None), lambda: False)
        for number in range(MAX_WAITING + 3):
            recorder.record(partial(note, number))
        await client.close()

    assert (len(made), len(lost)) == (MAX_WAITING, 3)
