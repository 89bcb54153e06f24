"""How many requests are taken: names that nobody enrolled take nothing from people."""

from __future__ import annotations

import pytest
from tests.edge.codes.people import NOW, enroll

from cupel.codes.service import Service
from cupel.messages import send
from cupel.sealed import Vault
from cupel.settings.codes import codes_settings
from cupel.store.codes import CodeStore


@pytest.fixture
async def service(store: CodeStore, vault: Vault) -> Service:
    await enroll(store, vault)
    nothing: object = None  # the limits ask nobody but the store
    return Service(codes_settings({}), vault, store, nothing, nothing, send, lambda: NOW)  # type: ignore[arg-type]


async def test_invented_names_leave_people_theirs(service: Service) -> None:
    taken = [not await service.wait(f"invented-{n}") for n in range(60)]

    assert taken == [True] * 40 + [False] * 20
    assert not await service.wait("bob")


async def test_one_person_s_flood_takes_from_them_alone(service: Service, vault: Vault) -> None:
    await enroll(service.store, vault, "carol")

    taken = [not await service.wait("bob") for _ in range(500)]

    assert sum(taken) == 20
    assert not await service.wait("carol")
