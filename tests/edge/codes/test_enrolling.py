"""Proposals and confirmations on real stores: killed anywhere and run twice, nobody ends with two secrets or none."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from tests.edge.codes.people import DAY, NOW, SECRET, STEP, code, enroll, wrong

from cupel.codes import totp
from cupel.codes.checking import kept, opened
from cupel.codes.confirming import Confirming
from cupel.codes.metrics import Metrics
from cupel.codes.requests import ConfirmRequest, Refusal
from cupel.sealed import Vault
from cupel.store.code_tries import LockRules
from cupel.store.codes import CodeStore, Enrolment

NEXT = totp.new_secret()


def proposal(vault: Vault, serial: str = "uid-2", secret: str = NEXT) -> Enrolment:
    return kept(vault, secret, Enrolment("bob", serial, "", ("cupel-approvers",), NOW, NOW + 600))


async def confirm(
    store: CodeStore, vault: Vault, given: str, current: str | None = None, serial: str = "uid-2"
) -> str:
    confirming = Confirming(store, vault, Metrics(), LockRules(), 90)
    asked = ConfirmRequest(person="bob", serial=serial, code=given, current_code=current)
    try:
        await confirming.confirm(asked, "10.0.0.1", NOW)
    except Refusal as refusal:
        return refusal.reason
    return "Enrolled"


async def test_two_replicas_keep_the_secret_of_whoever_came_first(
    replicas: tuple[CodeStore, CodeStore], vault: Vault
) -> None:
    first, second = replicas
    await first.propose(proposal(vault, secret=NEXT))
    await second.propose(proposal(vault, secret=totp.new_secret()))

    found = await second.pending("bob")
    assert found is not None and opened(vault, found) == NEXT


async def test_a_later_wish_takes_the_place_of_an_earlier(store: CodeStore, vault: Vault) -> None:
    await store.propose(proposal(vault))
    await store.propose(proposal(vault, "uid-3", totp.new_secret()))

    assert await confirm(store, vault, code(0, NEXT)) == "NothingToConfirm"


async def test_the_first_code_confirms_once_and_is_used_by_that(store: CodeStore, vault: Vault) -> None:
    await store.propose(proposal(vault))

    assert await confirm(store, vault, code(0, NEXT)) == "Enrolled"
    assert await confirm(store, vault, code(1, NEXT)) == "NothingToConfirm"
    found = await store.enrolled("bob")
    assert found is not None
    assert (found.last_step, found.expires_at, found.groups) == (STEP, NOW + 90 * DAY, ("cupel-approvers",))


@pytest.mark.parametrize(
    ("current", "outcome"),
    [(None, "CurrentCodeNeeded"), ("wrong", "Wrong"), ("new", "Wrong"), ("right", "Enrolled")],
)
@pytest.mark.parametrize("over", [False, True], ids=["valid", "over"])
async def test_who_is_enrolled_needs_a_current_code_even_when_the_enrolment_is_over(
    store: CodeStore, vault: Vault, current: str | None, outcome: str, over: bool
) -> None:
    before = await enroll(store, vault)
    if over:
        await store.propose(before)
        assert await store.confirm(kept(vault, SECRET, replace(before, expires_at=NOW - 1)))
    await store.propose(proposal(vault))
    codes = {"wrong": wrong(), "new": code(1, NEXT), "right": code()}

    assert await confirm(store, vault, code(0, NEXT), codes.get(current or "")) == outcome
    after = await store.enrolled("bob")
    assert after is not None and after.serial == ("uid-2" if outcome == "Enrolled" else "uid-1")


async def test_a_used_code_is_no_current_one(store: CodeStore, vault: Vault) -> None:
    before = await enroll(store, vault)
    assert await store.use_step(before, STEP, 0)
    await store.propose(proposal(vault))

    assert await confirm(store, vault, code(0, NEXT), code()) == "Replayed"


async def test_guessing_the_current_code_locks(store: CodeStore, vault: Vault) -> None:
    await enroll(store, vault)
    await store.propose(proposal(vault))

    tries = [await confirm(store, vault, code(0, NEXT), wrong()) for _ in range(6)]
    assert tries == [*["Wrong"] * 5, "Locked"]


async def test_confirmed_by_two_at_once_it_is_one_enrolment(
    replicas: tuple[CodeStore, CodeStore], vault: Vault
) -> None:
    await replicas[0].propose(proposal(vault))

    outcomes = await asyncio.gather(*(confirm(each, vault, code(0, NEXT)) for each in replicas))

    assert outcomes.count("Enrolled") == 1
    assert set(outcomes) <= {"Enrolled", "NothingToConfirm", "CurrentCodeNeeded"}, "the other one is too late"


async def test_an_old_proposal_confirms_nothing(store: CodeStore, vault: Vault) -> None:
    await store.propose(kept(vault, NEXT, replace(proposal(vault), expires_at=NOW)))

    assert await confirm(store, vault, code(0, NEXT)) == "NothingToConfirm"


async def test_a_reset_leaves_nothing(store: CodeStore, vault: Vault) -> None:
    await enroll(store, vault)
    await store.propose(proposal(vault))

    assert await store.forget("bob")
    assert not await store.forget("bob")
    assert (await store.enrolled("bob"), await store.pending("bob")) == (None, None)
