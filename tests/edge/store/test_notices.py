"""The store of notices: nothing is told twice, nothing is lost, whoever writes and whenever they end."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from cupel.decide.notice_due import Mark, Owed, quietly
from cupel.decide.notice_text import letter
from cupel.decide.notices import Key, Notice
from cupel.store.engine import opened, parsed, synchronous
from cupel.store.notice_letters import Again, Batch, Claim, Letters
from cupel.store.notice_tables import metadata
from cupel.store.notices import Entry, Notices

NOON = datetime(2030, 1, 1, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)


class Replica:
    """One process with a store, and a word for each thing it does."""

    def __init__(self, name: str, notices: Notices, letters: Letters) -> None:
        self.name = name
        self.notices = notices
        self.letters = letters

    async def tell(self, *owed: Owed, at: datetime = NOON) -> list[Key]:
        entries = [Entry(one, letter(one.notice, one.after.tellings, "")) for one in owed]
        return await self.notices.put(entries, at, at)

    async def claim(self, channel: str = "chat", at: datetime = NOON, seconds: int = 30) -> Batch | None:
        until = at + timedelta(seconds=seconds)
        return await self.letters.claim(channel, Claim(self.name, secrets.token_hex(6), at, until))

    async def fail(self, batch: Batch, at: datetime = NOON, give_up: datetime = NOON - 60 * SECOND) -> int:
        again = Again(at, at + 5 * SECOND, at + 2 * SECOND, give_up)
        return await self.letters.failed(batch, self.name, "json did not take it", again)


@pytest.fixture
async def replicas(store_url: str) -> AsyncIterator[tuple[Replica, Replica]]:
    """Two processes on one store."""
    async with AsyncExitStack() as stack:
        engines = [await stack.enter_async_context(opened(store_url, "notices")) for _ in range(2)]
        one, two = (
            Replica(name, Notices(e), Letters(e)) for name, e in zip(("one", "two"), engines, strict=True)
        )
        yield one, two


def notice(number: int = 0, reason: str = "CodeRefused", generation: int = 1) -> Notice:
    key = Key(f"uid-{number:04}", generation, reason)
    return Notice(key, "Refused", "tools", f"tool-{number}", NOON, "no")


def first(number: int = 0, channels: tuple[str, ...] = ("chat",), **more: object) -> Owed:
    return Owed(notice(number, **more), None, Mark(NOON, NOON, 1), channels)  # type: ignore[arg-type]


def tools(batch: Batch | None) -> list[str]:
    return [one.tool for one in batch.letters] if batch else []


async def test_the_migrations_make_the_tables_the_code_uses(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/notices.db"
    async with opened(url, "notices"):
        pass

    with synchronous(parsed(url)).connect() as connection:
        options = {"version_table": "cupel_notices_version"}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, metadata) == []


async def test_of_two_that_tell_the_same_one_is_first(replicas: tuple[Replica, Replica]) -> None:
    one, two = replicas

    lost = await asyncio.gather(one.tell(first(1), first(2)), two.tell(first(2), first(1)))

    assert sorted(map(len, lost)) in ([0, 2], [1, 1])
    assert sorted(tools(await one.claim())) == ["tool-1", "tool-2"]


async def test_what_is_remembered_comes_back_as_it_was(replicas: tuple[Replica, Replica]) -> None:
    one, two = replicas
    after = Mark(NOON - SECOND, NOON + timedelta(microseconds=5), 1)

    await one.tell(replace(first(), after=after))

    assert await two.notices.marks() == {notice().key: after}
    assert await two.notices.marks([notice().key]) == {notice().key: after}
    assert await two.notices.marks([notice(9).key]) == {}


async def test_a_reminder_is_sent_by_one_alone(replicas: tuple[Replica, Replica]) -> None:
    one, two = replicas
    await one.tell(first())
    reminder = Owed(notice(), Mark(NOON, NOON, 1), Mark(NOON, NOON + SECOND, 2), ("chat",))

    lost = await asyncio.gather(one.tell(reminder), two.tell(reminder))

    assert sorted(map(len, lost)) == [0, 1]
    batch = await one.claim()
    assert batch is not None and len({each.id for each in batch.letters}) == 2


async def test_the_first_start_of_all_remembers_and_sends_nothing(replicas: tuple[Replica, Replica]) -> None:
    one, two = replicas
    before = [quietly(notice(number), NOON) for number in range(2000)]

    began = await asyncio.gather(one.notices.begin(before, NOON), two.notices.begin(before, NOON))

    assert sorted(began) == [False, True]
    assert len(await two.notices.marks()) == 2000
    assert await one.claim() is None
    assert await two.tell(*(first(number) for number in range(2000))) == [one.notice.key for one in before]


async def test_a_store_that_has_begun_takes_nothing_as_known(replicas: tuple[Replica, Replica]) -> None:
    one, _ = replicas
    await one.notices.begin([], NOON)

    assert not await one.notices.begin([quietly(notice(), NOON)], NOON)
    assert await one.notices.marks() == {}


async def test_a_notice_without_a_channel_is_only_remembered(replicas: tuple[Replica, Replica]) -> None:
    one, _ = replicas
    await one.tell(first(channels=()))

    assert await one.letters.backlog() == []
    assert await one.tell(first()) == [notice().key]


async def test_a_channel_is_held_by_one(replicas: tuple[Replica, Replica]) -> None:
    one, two = replicas
    await one.tell(first(1), first(2, ("chat", "mail")))

    claims = await asyncio.gather(one.claim(), two.claim())

    assert sorted(map(bool, claims)) == [False, True]
    assert await two.letters.ready(NOON) == ["mail"]
    assert tools(await two.claim("mail")) == ["tool-2"], "another channel is free"


async def test_a_storm_is_one_batch(replicas: tuple[Replica, Replica]) -> None:
    one, _ = replicas
    await one.tell(*(first(number) for number in range(500)))

    batch = await one.claim()

    assert batch is not None and len(batch.letters) == 500


async def test_news_waits_for_more_before_it_goes(replicas: tuple[Replica, Replica]) -> None:
    one, _ = replicas
    entries = [Entry(owed, letter(owed.notice, 1, "")) for owed in (first(1), first(2))]
    await one.notices.put(entries[:1], NOON + 3 * SECOND, NOON)
    await one.notices.put(entries[1:], NOON + 5 * SECOND, NOON + 2 * SECOND)

    assert await one.letters.ready(NOON + 2 * SECOND) == []
    assert await one.claim(at=NOON + 2 * SECOND) is None
    assert await one.letters.ready(NOON + 3 * SECOND) == ["chat"]
    assert tools(await one.claim(at=NOON + 3 * SECOND)) == ["tool-1", "tool-2"]


async def test_what_was_sent_is_not_sent_again_and_the_channel_rests(
    replicas: tuple[Replica, Replica],
) -> None:
    one, two = replicas
    await one.tell(first(1))
    batch = await one.claim()
    assert batch is not None
    await one.letters.sent(batch, one.name, NOON, NOON + 10 * SECOND)
    await one.tell(first(2), at=NOON + SECOND)

    assert await two.claim(at=NOON + 9 * SECOND) is None
    assert await two.letters.ready(NOON + 9 * SECOND) == []
    assert tools(await two.claim(at=NOON + 10 * SECOND)) == ["tool-2"]


async def test_a_claim_whose_process_is_gone_runs_out_and_its_batch_is_sent_under_its_name(
    replicas: tuple[Replica, Replica],
) -> None:
    one, two = replicas
    await one.tell(first(1), first(2))
    lost = await one.claim(seconds=30)
    await two.tell(first(3))
    assert lost is not None

    assert await two.claim(at=NOON + 29 * SECOND) is None
    assert await two.letters.ready(NOON + 30 * SECOND) == ["chat"]
    again = await two.claim(at=NOON + 30 * SECOND)

    assert again is not None
    assert (again.id, again.letters, again.attempts) == (lost.id, lost.letters, 2)


async def test_who_lost_its_claim_gives_back_nothing_of_the_other(replicas: tuple[Replica, Replica]) -> None:
    one, two = replicas
    await one.tell(first(1))
    slow = await one.claim(seconds=1)
    later = NOON + 2 * SECOND
    assert slow is not None and await two.claim(at=later) is not None

    await one.fail(slow, at=later)

    assert await one.claim(at=later + 10 * SECOND) is None, "two holds it still"


async def test_what_failed_is_tried_later_and_holds_up_nothing_new(replicas: tuple[Replica, Replica]) -> None:
    one, _ = replicas
    await one.tell(first(1))
    batch = await one.claim()
    assert batch is not None and (batch.attempts, batch.failures) == (1, 0)
    assert await one.fail(batch) == 0
    await one.tell(first(2))

    assert await one.claim(at=NOON + SECOND) is None, "the channel rests"
    new = await one.claim(at=NOON + 2 * SECOND)
    assert new is not None and (tools(new), new.failures) == (["tool-2"], 1)
    await one.letters.sent(new, one.name, NOON + 2 * SECOND, NOON + 3 * SECOND)
    old = await one.claim(at=NOON + 5 * SECOND)
    assert old is not None and (old.id, old.attempts, old.failures) == (batch.id, 2, 0)


async def test_what_is_too_old_is_given_up(replicas: tuple[Replica, Replica]) -> None:
    one, _ = replicas
    await one.tell(first(1), at=NOON)
    batch = await one.claim()
    assert batch is not None

    assert await one.fail(batch, give_up=NOON + SECOND) == 1
    assert await one.letters.backlog() == []
    assert await one.claim(at=NOON + 60 * SECOND) is None


async def test_the_backlog_is_what_waits_by_channel_and_reason(replicas: tuple[Replica, Replica]) -> None:
    one, two = replicas
    await one.tell(first(1), at=NOON - SECOND)
    await one.tell(first(2), first(3, ("chat", "mail"), reason="Rejected"))

    found = {(b.channel, b.reason): (b.count, b.oldest) for b in await two.letters.backlog()}

    assert found == {
        ("chat", "CodeRefused"): (2, NOON - SECOND),
        ("chat", "Rejected"): (1, NOON),
        ("mail", "Rejected"): (1, NOON),
    }


async def test_old_letters_and_marks_of_what_is_gone_are_dropped(replicas: tuple[Replica, Replica]) -> None:
    one, _ = replicas
    await one.tell(first(1), first(2))
    batch = await one.claim()
    assert batch is not None
    await one.letters.sent(batch, one.name, NOON, NOON)
    await one.tell(first(3), at=NOON + 2 * SECOND)

    await one.notices.forget({"uid-0002"}, before=NOON + SECOND)

    assert set(await one.notices.marks()) == {notice(2).key, notice(3).key}
    assert tools(await one.claim(at=NOON + 2 * SECOND)) == ["tool-3"], "what was not sent stays"


@pytest.mark.parametrize("seconds", [0, 0.005, 0.02, 0.05])
async def test_a_transaction_that_breaks_leaves_nothing(
    replicas: tuple[Replica, Replica], seconds: float
) -> None:
    """Cancelled between remembering and writing: both or neither, and all of it the next time."""
    one, two = replicas
    everything = [first(number) for number in range(150)]
    task = asyncio.create_task(one.tell(*everything))
    await asyncio.wait({task}, timeout=seconds)
    task.cancel()
    await asyncio.wait({task})

    marks, backlog = await two.notices.marks(), await two.letters.backlog()

    assert sum(each.count for each in backlog) == len(marks)
    await two.tell(*everything)
    assert len(tools(await two.claim())) == 150
