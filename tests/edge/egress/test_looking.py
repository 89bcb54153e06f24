"""Look-ups of names that hang, and a credentials file that cannot be read for a while."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
from pathlib import Path

import pytest

from cupel.egress.upstream import SystemResolver
from cupel.egress.vault import Vault


async def test_who_asks_for_a_name_under_way_shares_its_look_up() -> None:
    go, asked = threading.Event(), []

    def hangs(host: str, port: int) -> list[str]:
        asked.append(host)
        go.wait(10)
        return ["192.0.2.1"]

    resolver = SystemResolver(2, hangs)
    many = [asyncio.create_task(resolver.addresses("hangs.example", 80)) for _ in range(20)]
    await asyncio.sleep(0)
    other = asyncio.create_task(resolver.addresses("other.example", 80))
    while len(asked) < 2:
        await asyncio.sleep(0.01)
    many[0].cancel()
    go.set()

    assert await asyncio.gather(*many[1:], other) == [["192.0.2.1"]] * 20
    assert sorted(asked) == ["hangs.example", "other.example"]


async def test_a_name_that_is_not_there_is_asked_again() -> None:
    asked = []

    def fails(host: str, port: int) -> list[str]:
        asked.append(host)
        raise socket.gaierror("no such name")

    resolver = SystemResolver(2, fails)
    for _ in range(2):
        with pytest.raises(OSError, match="no such name"):
            await resolver.addresses("a.example", 80)
    assert len(asked) == 2


def test_a_file_that_can_be_read_again_is_in_use_again(tmp_path: Path) -> None:
    path, told = tmp_path / "credentials", list[bool]()
    content = json.dumps({"credentials": []})
    path.write_text(content)
    vault = Vault(str(path), told.append)
    vault.look()
    path.unlink()
    path.mkdir()  # to be read by nobody, not even root
    vault.look()
    path.rmdir()
    path.write_text(content)
    vault.look()
    vault.look()

    assert told == [True, False, True]
