"""Links: opaque, unchangeable, and so few to one person that nobody's mailbox is flooded by any number of replicas."""

from __future__ import annotations

import asyncio
import base64
import re

import pytest
from tests.edge.codes.people import NOW

from cupel.codes.links import SECONDS, Link, fresh, opened_link, sealed
from cupel.codes.requests import Refusal
from cupel.sealed import Vault, new_key
from cupel.store.code_deliveries import DeliveryStore
from cupel.store.codes import CodeStore

DIGEST = "sha256-" + "ab" * 32


def link() -> Link:
    return fresh("bob", "tools", DIGEST, "json", NOW)


def test_a_link_says_nothing_of_the_tool_or_the_person(vault: Vault) -> None:
    token = sealed(vault, link())

    assert re.fullmatch(r"[A-Za-z0-9._~-]+", token)
    for piece in re.split(r"[.~]", token):
        for start in range(4):
            raw = base64.urlsafe_b64decode(piece[start : start + (len(piece) - start) // 4 * 4])
            assert not [word for word in (b"bob", b"tools", b"ab" * 4, b"sha256") if word in raw]
    assert sealed(vault, link()) != token


def test_it_opens_for_who_made_it(vault: Vault) -> None:
    made = link()

    assert opened_link(vault, sealed(vault, made), NOW) == made


@pytest.mark.parametrize("place", [0, 10, 17, 30, 100, -2])
def test_a_link_that_was_changed_is_none(vault: Vault, place: int) -> None:
    token = sealed(vault, link())
    other = "A" if token[place] != "A" else "Q"
    changed = token[:place] + other + token[place + 1 :]

    with pytest.raises(Refusal, match="not one of ours"):
        opened_link(vault, changed, NOW)


@pytest.mark.parametrize("token", ["", "~", ".", "a" * 3000, "\u00e4~b", "x~" + "A" * 100, "%00"])
def test_what_is_no_link_is_told_so(vault: Vault, token: str) -> None:
    with pytest.raises(Refusal, match="not one of ours"):
        opened_link(vault, token, NOW)


def test_nobody_else_s_keys_open_it_and_no_other_secret_of_ours_is_one(vault: Vault) -> None:
    made = link()
    with pytest.raises(Refusal, match="not one of ours"):
        opened_link(Vault(new_key()), sealed(vault, made), NOW)
    stored = vault.encrypt(made.model_dump_json(by_alias=True), "an enrolment").replace(":", "~")
    with pytest.raises(Refusal, match="not one of ours"):
        opened_link(vault, stored, NOW)


def test_it_ends(vault: Vault) -> None:
    with pytest.raises(Refusal, match="too old"):
        opened_link(vault, sealed(vault, link()), NOW + SECONDS)


async def test_replicas_count_the_links_of_one_person_together(replicas: tuple[CodeStore, CodeStore]) -> None:
    stores = [DeliveryStore(each.engine) for each in replicas]

    async def sent(now: int, person: str = "bob") -> int:
        asked = (stores[n % 2].reserve_link(person, now, 60, 3) for n in range(10))
        return sum(await asyncio.gather(*asked))

    assert await sent(NOW) == 3
    assert await sent(NOW, "carol") == 3
    assert [await sent(NOW + seconds) for seconds in (59, 60, 119, 120)] == [0, 1, 0, 1]
    assert await sent(NOW + 3600) == 3
    await stores[0].prune(NOW + 7200)
    assert await sent(NOW + 7200) == 3
