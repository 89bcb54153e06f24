"""What a running notifier tells, to whom, and what it keeps to itself."""

from __future__ import annotations

from datetime import timedelta

import pytest

from .conftest import FakeStage
from .objects import gap_body, going, noon, refused, revision_body, served, waits
from .stage import SECRET, Process, until


async def test_the_first_start_of_all_tells_only_what_waits_for_people(stage: FakeStage) -> None:
    for number in range(400):
        stage.api.put(served(f"served-{number}"))
    for number in range(20):
        stage.api.put(refused(f"refused-{number}"))
    stage.api.put(waits("waiting-one"))
    stage.api.put(waits("waiting-two", "Paused"))

    await stage.start()
    await until(lambda: stage.told("waiting-one") and stage.told("waiting-two"), "what waits is told")
    stage.api.put(refused("served-7", "ToolCrashing"))
    await until(lambda: stage.told("served-7"), "what happens from now on is told")

    assert {m.title.partition(" notices")[0] for m in stage.receiver.messages} <= {
        "[Cupel] 2",
        *(m.title for m in stage.receiver.messages if len(m.numbers) == 1),
    }
    assert sum(len(m.numbers) for m in stage.receiver.messages) == 3


async def test_a_gap_that_needs_a_person_is_told_once_and_until_it_needs_none(stage: FakeStage) -> None:
    stage.api.put(gap_body("gap-1", "Reconciling", "AwaitingAuthor"))
    stage.api.put(served("gap-1"))
    await stage.start()
    stage.api.put(gap_body("gap-1", "Suspended", "NothingFits"))
    found = await until(lambda: stage.told("NothingFits"), "it is told")
    assert found[0].title == "[Cupel] tools/gap-1 waits for a person: NothingFits"
    assert "CapabilityGap gap-1 in namespace tools" in found[0].body
    stage.api.put(gap_body("gap-1", "Suspended", "NothingFits"))
    stage.api.put(refused("word-count"))
    await until(lambda: stage.told("word-count"), "what happened after it is told")
    assert len(stage.told("NothingFits")) == 1


async def test_every_end_of_a_tools_way_is_told_once(stage: FakeStage) -> None:
    stage.api.put(going("word-count"))
    await stage.start(CUPEL_NOTIFY_CLUSTER="prod")

    async def comes(title: str) -> str:
        found = await until(lambda: [m for m in stage.receiver.messages if m.title == title], title)
        assert len(found) == 1
        return str(found[0].body)

    hostile = "line 3: eval\n<!channel> \x1b[2J [yes](https://evil.example)"
    stage.api.put(refused("word-count", message=hostile))
    body = await comes("[Cupel prod] tools/word-count is refused: CodeRefused")
    assert "Message: line 3: eval ‹!channel› [2J [yes] (https: //evil[.]example)" in body
    assert "kubectl cupel explain word-count -n tools" in body
    assert "Asked for by: alice" in body

    stage.api.put(going("word-count", generation=2))
    stage.api.put(revision_body("word-count", noon()))
    stage.api.put(waits("word-count", generation=2))
    waiting = await until(
        lambda: [m for m in stage.receiver.messages if "waits for approval until" in m.title], "it waits"
    )
    assert "kubectl cupel approve word-count -n tools" in waiting[0].body

    stage.api.put(served("word-count", generation=2))
    await comes("[Cupel prod] tools/word-count is served")
    stage.api.put(refused("word-count", "Condemned", generation=2))
    await comes("[Cupel prod] tools/word-count was rolled back")
    stage.api.put(served("word-count", generation=2))
    stage.api.put(refused("word-count", "ApprovalExpired", generation=3))
    await comes("[Cupel prod] tools/word-count is refused: ApprovalExpired")

    numbers = [number for message in stage.receiver.messages for number in message.numbers]
    assert len(numbers) == len(set(numbers)) == 5, "each once, and served again in one generation is no news"


async def test_neither_log_nor_metrics_show_a_secret(stage: FakeStage) -> None:
    process = await stage.start(CUPEL_LOG_LEVEL="DEBUG")
    stage.receiver.status["chat"] = 403
    stage.api.put(refused("word-count"))
    await until(lambda: process.said("json did not take it"), "it failed")
    stage.receiver.status.clear()
    sent = 'cupel_notify_sent_total{channel="chat"}'
    await until(lambda: process.metric(sent), "it is sent")

    assert SECRET not in process.log.read_text() + (await process.ask("/metrics"))[1]


async def test_routes_send_news_where_it_belongs(stage: FakeStage) -> None:
    stage.route(
        {"name": "people", "channels": ["approvers"], "news": ["Waiting"]},
        {"name": "team", "channels": ["team"], "namespaces": ["tools-*"]},
        {"name": "crashes", "channels": ["team"], "reasons": ["ToolCrashing"]},
        channels=("approvers", "team"),
    )
    await stage.start()

    stage.api.put(refused("unheard"))
    stage.api.put(refused("crashing", "ToolCrashing"))
    stage.api.put(served("of-team", namespace="tools-a"))
    stage.api.put(waits("wanted"))

    await until(
        lambda: all(stage.told(tool) for tool in ("crashing", "of-team", "wanted")), "three were told"
    )
    places = {
        tool: {m.channel for m in stage.told(tool)} for tool in ("unheard", "crashing", "of-team", "wanted")
    }
    assert places == {"unheard": set(), "crashing": {"team"}, "of-team": {"team"}, "wanted": {"approvers"}}


async def test_who_waits_is_reminded_of_until_it_waits_no_more(stage: FakeStage) -> None:
    stage.route({"name": "people", "channels": ["chat"], "remindAfterSeconds": [3600]})
    await stage.start()
    stage.api.put(revision_body("word-count", noon() - timedelta(seconds=3590)))
    stage.api.put(waits("word-count"))

    await until(lambda: len(stage.told("word-count")) == 2, "it is told, and reminded of once")

    first, second = stage.told("word-count")
    assert second.title == first.title.replace("[Cupel] ", "[Cupel] Reminder: ")
    assert first.numbers != second.numbers


async def test_a_storm_is_a_few_messages(stage: FakeStage) -> None:
    await stage.start()

    for number in range(500):
        stage.api.put(refused(f"tool-{number}"))

    await until(
        lambda: stage.rows("SELECT count(*) FROM notice_letters WHERE outcome = 'Sent'") == [(500,)],
        "all were told",
    )
    assert len(stage.receiver.messages) <= 4
    counted = [int(m.title.split()[1]) for m in stage.receiver.messages]
    assert sum(counted) == 500
    assert all(len(message.body) <= 1900 for message in stage.receiver.messages)


async def test_new_routes_are_taken_up_and_broken_ones_are_not(stage: FakeStage) -> None:
    process = await stage.start()
    broken = f"channels: [{{name: chat, url: 'nonsense://{SECRET}'}}]\nroutes: []\n"
    stage.routes_file.write_text(broken)
    await until(lambda: process.said("the routes before stay in force"), "it says so")
    assert process.said("channels.0.url must be an apprise URL")
    assert await process.metric('cupel_notify_problem{problem="routes"}') == 1

    stage.api.put(refused("by-old-routes"))
    await until(lambda: stage.told("by-old-routes"), "the routes before are used")

    stage.route({"name": "other", "channels": ["other"]}, channels=("other",))
    await until(lambda: process.said("new routes are in force"), "the new file is taken up")
    stage.api.put(refused("by-new-routes"))
    await until(lambda: stage.told("by-new-routes"), "the new routes are used")

    assert {m.channel for m in stage.told("by-new-routes")} == {"other"}
    assert await process.metric('cupel_notify_problem{problem="routes"}') == 0
    assert SECRET not in process.log.read_text()


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        pytest.param({"CUPEL_NOTIFY_BATCH_SECONDS": "soon"}, "CUPEL_NOTIFY_BATCH_SECONDS must be a number", id="a setting"),
        pytest.param({"CUPEL_NOTIFY_ROUTES_FILE": "/nowhere"}, "/nowhere cannot be read: No such file", id="no routes"),
        pytest.param({"CUPEL_STORE_URL": f"mysql://u:{SECRET}@h/d"}, "must be sqlite:////", id="a store of another kind"),
    ],
)  # fmt: skip
async def test_what_cannot_work_ends_at_once(stage: FakeStage, settings: dict[str, str], said: str) -> None:
    process = await Process.start(stage, settings)

    assert await process.running.wait() == 78
    assert process.said(said)
    assert not process.said("Traceback") and not process.said(SECRET)
