"""docs/cli.md has a section for every command, and names there every option the command takes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer.main
from typer.core import TyperGroup

from cupel.cli.app import app

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "cli.md").read_text(encoding="utf-8")
OPENING, *SECTIONS = re.split(r"^## ", PAGE, flags=re.MULTILINE)
AS_ANOTHER = {"reject": "approve", "state export": "call", "state delete": "call"}
"""Commands whose section says that they take what another one does."""


def commands(group: TyperGroup, path: tuple[str, ...] = ()) -> Iterator[tuple[str, list[list[str]]]]:
    """Every command by its words, with its options, each by all its spellings."""
    for name, command in group.commands.items():
        if isinstance(command, TyperGroup):
            yield from commands(command, (*path, name))
        else:
            options = [list(each.opts) for each in command.params if each.param_type_name == "option"]
            yield " ".join((*path, name)), options


def section(command: str) -> str:
    """The text below the heading that names the command; empty when none does."""
    for each in SECTIONS:
        heading, _, text = each.partition("\n")
        if command in re.split(r", | and ", heading):
            return text
    return ""


root = typer.main.get_command(app)
assert isinstance(root, TyperGroup)
COMMANDS = dict(commands(root))


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_a_section_that_names_its_options(command: str) -> None:
    own = section(command)
    told = OPENING + own + section(AS_ANOTHER.get(command, ""))

    assert own, f"docs/cli.md has no section for {command}"
    unnamed = [
        option for option in COMMANDS[command] if not any(re.search(rf"{each}\b", told) for each in option)
    ]
    assert unnamed == [], f"docs/cli.md, section {command}"


def test_no_section_is_about_a_command_that_is_not_there() -> None:
    headings = [name for each in SECTIONS for name in re.split(r", | and ", each.partition("\n")[0])]

    assert set(headings) <= set(COMMANDS)
