"""Who tried what: kept for people we know, for as long as is wanted."""

from __future__ import annotations

from tests.edge.codes.people import DAY, NOW, enroll

from cupel.sealed import Vault
from cupel.store.codes import Attempt, CodeStore


def attempt(person: str, at: int = NOW) -> Attempt:
    return Attempt(at, person, "tools", "sha256-" + "ab" * 32, "Wrong", "10.0.0.1")


async def test_every_try_of_somebody_known_is_kept(store: CodeStore, vault: Vault) -> None:
    await enroll(store, vault)
    for at in (NOW, NOW + 1):
        await store.record(attempt("bob", at))

    assert await store.attempts("bob") == (attempt("bob", NOW + 1), attempt("bob"))
    assert await store.attempts() == await store.attempts("bob")


async def test_strangers_do_not_fill_the_disk(store: CodeStore, vault: Vault) -> None:
    await enroll(store, vault)
    await store.record(attempt("a-name-nobody-has"))

    assert await store.attempts() == ()


async def test_old_lines_go(store: CodeStore, vault: Vault) -> None:
    await enroll(store, vault)
    await store.record(attempt("bob", NOW - 401 * DAY))
    await store.record(attempt("bob", NOW - 399 * DAY))

    await store.prune(NOW, NOW - 400 * DAY)

    assert [line.at for line in await store.attempts()] == [NOW - 399 * DAY]
