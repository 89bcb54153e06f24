"""Feedback by MCP: kept for the tool, counted, bounded by the caller, and gone with the tool."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from cupel.store.feedback import Votes

from .asked import answer, refusal, user
from .conftest import ALICE, ANN, RunningGateway, until
from .zone import Zone, tool_body


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """The statements behind it are tried on both databases in tests/edge/store."""
    return {"CUPEL_STORE_URL": f"sqlite:///{tmp_path}/store.db", "CUPEL_GATEWAY_STATE_GRACE_SECONDS": "1"}


@pytest.fixture(autouse=True)
async def served(zone: Zone, gateway: RunningGateway) -> None:
    await zone.publish(tool_body("word-count"))
    await gateway.listed("word-count")


async def thumb(gateway: RunningGateway, *, token: str = ANN, **said: Any) -> dict[str, Any]:
    arguments = {"tool": "word-count", "verdict": "up", **said}
    result: dict[str, Any] = await gateway.call("give_feedback", arguments, token=token)
    return result


async def votes(gateway: RunningGateway) -> Votes:
    entry = gateway.application.catalogue.current("tools", "word-count")
    assert entry is not None
    return await gateway.application.front.rating.votes(entry)


async def test_it_is_kept_and_counted(zone: Zone, gateway: RunningGateway) -> None:
    kept = answer(await thumb(gateway, comment="counts hyphens as one", call="7"))
    answer(await thumb(gateway, verdict="down", token=user(zone.api)))

    assert (kept["tool"], kept["verdict"]) == ("word-count", "up")
    assert await votes(gateway) == Votes(up=1, down=1)
    _, text = await gateway.get("/metrics")
    assert 'cupel_gateway_feedback_total{namespace="tools",tool="word-count",verdict="up"} 1.0' in text


async def test_it_is_listed_to_those_whose_token_is_for_it(zone: Zone, gateway: RunningGateway) -> None:
    assert "give_feedback" in await gateway.names(token=ANN)
    assert "give_feedback" in await gateway.names(token=user(zone.api))
    assert await gateway.names(token=ALICE) == ["word-count"]
    assert "do not include feedback" in refusal(await thumb(gateway, token=ALICE))


WRONG = {
    "no tool of the caller's": ({"tool": "other"}, "unknown-tool: other is no tool you can call"),
    "no verdict there is": ({"verdict": "meh"}, "invalid-field: `verdict`: Input should be 'up' or 'down'. It takes: up:"),
    "too much to say": ({"comment": "x" * 1001}, "`comment`: String should have at most 1000 characters"),
    "a NUL, which PostgreSQL cannot keep": ({"comment": "a\x00b"}, "`comment`: must be text without control"),
}  # fmt: skip


@pytest.mark.parametrize("wrong", WRONG)
async def test_what_is_wrong_is_told(gateway: RunningGateway, wrong: str) -> None:
    said, expected = WRONG[wrong]

    assert expected in refusal(await thumb(gateway, **said))
    assert await votes(gateway) == Votes()


async def test_nobody_floods_it(gateway: RunningGateway) -> None:
    results = [await thumb(gateway, call=str(number)) for number in range(21)]

    assert refusal(results[20]).startswith("rate-limited: too much feedback; go on in ")


async def test_it_goes_with_its_tool_and_a_tool_made_anew_begins_anew(
    zone: Zone, gateway: RunningGateway
) -> None:
    await thumb(gateway)
    zone.api.remove("GeneratedTool", "tools", "word-count")
    feedbacks = gateway.application.keeper.feedbacks
    assert feedbacks is not None

    async def gone() -> bool:
        return not await feedbacks.rated()

    await until(gone, "the feedback is deleted")


async def test_it_stays_while_the_api_server_says_the_tool_is_there(
    zone: Zone, gateway: RunningGateway
) -> None:
    await thumb(gateway)
    body = zone.api.objects["GeneratedTool"]["tools", "word-count"]
    zone.api.remove("GeneratedTool", "tools", "word-count")
    zone.api.put_unseen(body)
    await gateway.listed()
    retention, feedbacks = gateway.application.retention, gateway.application.keeper.feedbacks
    assert feedbacks is not None

    await retention.sweep_feedback(1000.0)
    await retention.sweep_feedback(2000.0)

    assert len(await feedbacks.rated()) == 1
