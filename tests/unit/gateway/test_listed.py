"""A catalogue is worked out as soon as everything was listed, whatever is listed last."""

from __future__ import annotations

import asyncio
from itertools import permutations
from typing import Any

import pytest

from cupel.gateway.catalogue import Catalogue

STORES = ("zones", "tools", "revisions", "ledgers", "pods", "policies")
ZONE: dict[str, Any] = {"metadata": {"name": "tools", "labels": {"cupel.dev/zone": "serving"}}}


@pytest.mark.parametrize("last", STORES)
async def test_the_last_list_completes_it(last: str) -> None:
    for first in permutations([each for each in STORES if each != last][:3]):
        catalogue = Catalogue()
        order = [*first, *(each for each in STORES if each not in first and each != last), last]
        for name in order:
            getattr(catalogue, name).replace([ZONE] if name == "zones" else [])
            await asyncio.sleep(0)
        await asyncio.sleep(0)

        assert catalogue.waiting_for() == ()
        assert catalogue.serving_namespaces() == {"tools"}, order
