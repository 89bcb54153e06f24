"""Whether a code is right, on real stores: used once, counted before it is compared, told when clocks are wrong."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy import event, text
from tests.edge.codes.people import DAY, NOW, SECRET, STEP, bench, code, enroll, wrong

from cupel.codes.checking import ROWS
from cupel.codes.requests import Refusal
from cupel.sealed import Vault, new_key
from cupel.store.code_tries import ROWS_OF_STRANGERS, LockRules, row_of
from cupel.store.codes import CodeStore

Replicas = tuple[CodeStore, CodeStore]
MANY = LockRules(failures=10**9)


async def test_a_right_code_counts_once(store: CodeStore, vault: Vault) -> None:
    await enroll(store, vault)
    here = bench(store, vault)

    assert await here.tries(code()) == "Right"
    assert await here.tries(code()) == "Replayed"
    assert here.counted("cupel_codes_tries_total", outcome="Right") == 1


async def test_an_older_step_is_over_once_a_newer_was_used(store: CodeStore, vault: Vault) -> None:
    await enroll(store, vault)
    here = bench(store, vault)

    assert [await here.tries(code(ahead)) for ahead in (1, 0, -1, 1)] == ["Right", *["Replayed"] * 3]


async def test_nobody_else_s_code_counts(store: CodeStore, vault: Vault) -> None:
    await enroll(store, vault)

    assert await bench(store, vault).tries(code(), "eve") == "Wrong"


async def test_who_is_not_enrolled_is_told_what_who_is_enrolled_is_told(
    store: CodeStore, vault: Vault
) -> None:
    """Wrong codes, locks and the lock for good, try by try; the same statements at each, whatever the answer."""
    await enroll(store, vault)
    here = bench(store, vault)
    told: dict[str, list[str]] = {"bob": [], "eve": []}
    asked: dict[str, list[str]] = {"bob": [], "eve": []}

    for row in range(21):
        for _ in range(6):
            for person in told:
                with statements(store, asked[person]):
                    told[person].append(await here.tries("000000", person, NOW + 900 * row))

    assert told["eve"] == told["bob"] and told["bob"][-1] == "LockedForGood"
    assert asked["eve"] == asked["bob"]
    assert await store.tries.locked_for_good() == 1
    assert here.counted("cupel_codes_tries_total", outcome="Stranger") == 126
    assert here.counted("cupel_codes_tries_total", outcome="LockedForGood") == 7


@contextmanager
def statements(store: CodeStore, kept: list[str]) -> Iterator[None]:
    """What is asked of the store meanwhile: the verb and the table, strangers' tries as tries."""

    def before(connection: Any, cursor: Any, statement: str, *_: object) -> None:
        verb, *words = statement.split()
        table = next(
            word for before, word in pairwise([verb, *words]) if before in ("INTO", "FROM", "UPDATE")
        )
        kept.append(f"{verb} {table.replace('stranger_tries', 'tries')}")

    event.listen(store.engine.sync_engine, "before_cursor_execute", before)
    yield
    event.remove(store.engine.sync_engine, "before_cursor_execute", before)


async def test_invented_names_take_a_bounded_number_of_rows(store: CodeStore, vault: Vault) -> None:
    here = bench(store, vault, MANY)
    names = [f"invented-{number}" for number in range(30)]
    for name in names:
        assert await here.tries("000000", name) == "Wrong"

    rows = {row_of(vault.tag(ROWS, name)) for name in names}
    assert {row_of("0" * 63 + "1"), row_of("f" * 64)} == {1, ROWS_OF_STRANGERS - 1}
    async with store.engine.connect() as connection:
        found = (await connection.execute(text("SELECT number FROM stranger_tries"))).scalars().all()
        assert set(found) == rows and max(found) < ROWS_OF_STRANGERS
        assert (await connection.execute(text("SELECT count(*) FROM tries"))).scalar_one() == 0


async def test_five_failures_lock_for_fifteen_minutes(store: CodeStore, vault: Vault) -> None:
    await enroll(store, vault)
    here = bench(store, vault)

    assert [await here.tries(wrong()) for _ in range(5)] == ["Wrong"] * 5
    assert await here.tries(code()) == "Locked"
    later = NOW + 899
    assert await here.tries(code(now=later), now=later) == "Locked"
    later = NOW + 900
    assert await here.tries(code(now=later), now=later) == "Right"


async def test_a_lock_ends_and_the_counting_goes_on_until_a_hundred(store: CodeStore, vault: Vault) -> None:
    await enroll(store, vault)
    here = bench(store, vault)

    for row in range(20):
        now = NOW + 900 * row
        tries = [await here.tries("x", now=now) for _ in range(6)]
        assert tries == [*["Wrong"] * 5, "Locked" if row < 19 else "LockedForGood"], row
    years = NOW + 10 * 365 * DAY
    assert await here.tries(code(now=years), now=years) == "LockedForGood"
    assert here.counted("cupel_codes_tries_total", outcome="Wrong") == 100
    await store.forget("bob")
    await enroll(store, vault)
    assert await here.tries(code()) == "Right"


async def test_a_right_code_within_the_hundred_begins_the_count_anew(store: CodeStore, vault: Vault) -> None:
    await enroll(store, vault)
    here = bench(store, vault)

    for row in range(21):
        now = NOW + 900 * row
        assert [await here.tries("x", now=now) for _ in range(4)] == ["Wrong"] * 4
        assert await here.tries("x" if row != 19 else code(now=now), now=now) == (
            "Right" if row == 19 else "Wrong"
        )


async def test_a_right_code_ends_the_row_of_failures(store: CodeStore, vault: Vault) -> None:
    await enroll(store, vault)
    here = bench(store, vault)

    for ahead in (-1, 0, 1):
        assert [await here.tries(wrong()) for _ in range(4)] == ["Wrong"] * 4
        assert await here.tries(code(ahead)) == "Right"


async def test_one_person_s_lock_is_no_other_s(store: CodeStore, vault: Vault) -> None:
    await enroll(store, vault)
    await enroll(store, vault, "carol")
    here = bench(store, vault)

    for _ in range(6):
        await here.tries(wrong())
    assert await here.tries(code(), "carol") == "Right"


async def test_guesses_that_come_all_at_once_are_still_five(replicas: Replicas, vault: Vault) -> None:
    await enroll(replicas[0], vault)
    benches = [bench(each, vault) for each in replicas]

    outcomes = await asyncio.gather(*(benches[n % 2].tries(wrong()) for n in range(40)))

    assert sorted(outcomes) == ["Locked"] * 35 + ["Wrong"] * 5


async def test_two_replicas_given_one_code_at_once_accept_it_once(replicas: Replicas, vault: Vault) -> None:
    await enroll(replicas[0], vault)
    benches = [bench(each, vault, MANY) for each in replicas]

    for ahead in range(30):
        now = NOW + 30 * ahead
        given = code(now=now)
        outcomes = await asyncio.gather(*(benches[n % 2].tries(given, now=now) for n in range(6)))
        assert sorted(outcomes) == ["Replayed"] * 5 + ["Right"]


async def test_ten_thousand_replays_are_ten_thousand_refusals(replicas: Replicas, vault: Vault) -> None:
    """Every way to use a step again, straight at the comparison with a write that both replicas share."""
    enrolment = await enroll(replicas[0], vault)
    assert await replicas[0].use_step(enrolment, STEP, 0)

    accepted = 0
    for n in range(5_000):
        uses = (each.use_step(enrolment, STEP - n % 3, 0) for each in replicas)
        accepted += sum(await asyncio.gather(*uses))
    assert accepted == 0


async def test_a_code_that_keeps_coming_early_tells_of_a_wrong_clock(
    store: CodeStore, vault: Vault, caplog: pytest.LogCaptureFixture
) -> None:
    await enroll(store, vault)
    here = bench(store, vault)

    for n in range(3):
        now = NOW + 60 * n
        given = code(1, now=now)
        assert await here.tries(given, now=now) == "Right"
        assert here.counted("cupel_codes_skew_total", kind="Persistent") == (1 if n == 2 else 0)
        assert given not in caplog.text
    assert "ahead of the time 3 times in a row" in caplog.text
    assert SECRET not in caplog.text


async def test_a_code_of_another_hour_quarter_is_refused_and_told_of(
    store: CodeStore, vault: Vault, caplog: pytest.LogCaptureFixture
) -> None:
    await enroll(store, vault)
    here = bench(store, vault)

    assert await here.tries(code(-12)) == "Wrong"
    assert here.counted("cupel_codes_skew_total", kind="Far") == 1
    assert "-360 seconds from now" in caplog.text
    assert code(-12) not in caplog.text


async def test_a_code_of_the_future_that_was_told_of_is_never_right(store: CodeStore, vault: Vault) -> None:
    await enroll(store, vault)
    here = bench(store, vault)

    assert await here.tries(code(7)) == "Wrong"
    assert here.counted("cupel_codes_skew_total", kind="Far") == 1
    then = NOW + 7 * 30
    assert await here.tries(code(now=then), now=then) == "Replayed"
    assert await here.tries(code(1, now=then), now=then) == "Right"


async def test_a_wrong_code_alone_tells_of_no_clock(store: CodeStore, vault: Vault) -> None:
    await enroll(store, vault)
    here = bench(store, vault)

    assert await here.tries(wrong()) == "Wrong"
    assert here.counted("cupel_codes_skew_total", kind="Far") == 0


@pytest.mark.parametrize(
    "change",
    [{"groups": ("system:masters",)}, {"expires_at": NOW + 3650 * DAY}, {"person": "carol"}],
    ids=str,
)
async def test_who_writes_to_the_database_makes_nobody_more(
    store: CodeStore, vault: Vault, change: dict[str, Any]
) -> None:
    forged = replace(await enroll(store, vault), **change)
    await store.propose(forged)
    assert await store.confirm(forged)

    with pytest.raises(Refusal, match="cannot be opened"):
        await bench(store, vault).tries(code(), forged.person)


async def test_the_database_alone_gives_no_codes_away(
    store: CodeStore, vault: Vault, caplog: pytest.LogCaptureFixture
) -> None:
    stored = (await enroll(store, vault)).secret
    assert SECRET not in stored

    with pytest.raises(Refusal) as refused:
        await bench(store, Vault(new_key())).tries(code())
    assert refused.value.status == 503
    caplog.set_level(logging.DEBUG)
    assert SECRET not in caplog.text + str(refused.value)
