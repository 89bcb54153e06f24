"""Kill the operator before and after every write, and lose every reply: the end is as if nothing had happened."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from .proxy import Mode
from .stage import SLACK, Stage, staged
from .workflow import NeverCame

pytestmark = pytest.mark.apiserver
MODES: tuple[Mode, ...] = ("before", "after", "lost")


async def test_every_write_may_be_the_last(tmp_path: Path) -> None:
    found = await asyncio.gather(*(swept(number, mode, tmp_path / mode) for number, mode in enumerate(MODES)))

    assert [wrong for mode in found for wrong in mode] == []


async def swept(number: int, mode: Mode, folder: Path) -> list[str]:
    """Every write of the workflow, failed in this mode; what went otherwise than in the reference run."""
    folder.mkdir()
    async with staged(f"crash-{mode}", number, folder) as stage:
        reference = await stage.play(0, mode)
        writes = list(stage.proxy.writes)
        assert reference["trials"] == 2 and len(writes) >= 15, writes
        assert reference["edited"]["versions"] == [["1.0.0", "1.0.1"], "1.0.1"]
        assert reference["rolled back"]["versions"] == [["1.0.0", "1.0.1"], "1.0.0"]
        wrong: list[str] = []
        for fail_at in range(1, len(writes) + SLACK + 1):
            wrong += await disturbed(stage, reference, fail_at, mode)
        wrong += await pardons_disturbed(stage, mode)
        print(
            f"\n{mode}: {len(writes)} writes, {stage.runs} runs, {stage.operator.starts} starts of the operator"
        )
        return wrong


async def disturbed(stage: Stage, reference: Any, number: int, mode: Mode) -> list[str]:
    """Play once with one fault; one sentence for whatever came out differently."""
    try:
        states = await stage.play(number, mode)
    except NeverCame as never:
        return [f"write {number} ({named(stage, number)}), {mode}: {never}"]
    if states != reference:
        differs = {k: (states[k], reference[k]) for k in reference if states.get(k) != reference[k]}
        return [f"write {number} ({named(stage, number)}), {mode}: {differs}"]
    return []


async def pardons_disturbed(stage: Stage, mode: Mode) -> list[str]:
    """A pardon holds, though the annotation stays, whichever write of rollback and pardon was the last."""
    rounds = [states async for _, states in stage.pardons(mode)]
    assert len(rounds) > 10 and isinstance(rounds[0], dict), rounds[0]
    return [
        f"pardon, write {number}, {mode}: {states}"
        for number, states in enumerate(rounds)
        if states != rounds[0]
    ]


def named(stage: Stage, number: int) -> str:
    return stage.proxy.writes[number - 1] if len(stage.proxy.writes) >= number else "never came"
