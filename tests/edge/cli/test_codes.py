"""Codes as people type them, and what is said where nobody is there to type one."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from typer.testing import CliRunner

from cupel.cli.codes import ASK, given_code, given_prefix
from cupel.cli.enrolling import AT_A_TERMINAL
from cupel.cli.output import Exit, Failure


@pytest.mark.parametrize("typed", ["492039", "492 039", "49203911"])
def test_a_code_is_six_digits_or_eight(typed: str) -> None:
    assert given_code(typed, "Code") == typed.replace(" ", "")


@pytest.mark.parametrize("typed", ["49203", "4920391", "492039112", "49203a", "٤٩٢٠٣٩", "492039\n"])
def test_what_is_no_code_is_refused_before_it_counts_as_a_wrong_one(typed: str) -> None:
    with pytest.raises(Failure, match="a code is six digits, or eight of one that was sent to you") as raised:
        given_code(typed, "Code")
    assert raised.value.code is Exit.UNUSABLE


def asked(ask: Callable[[], object]) -> str:
    """What a question says where standard input is at its end."""
    with CliRunner().isolation(input=""), pytest.raises(Failure) as raised:
        ask()
    assert raised.value.code is Exit.UNUSABLE
    return str(raised.value)


def test_where_nobody_answers_only_an_option_that_is_there_is_named() -> None:
    assert asked(lambda: given_code(ASK, "Code")) == "nobody answered; for scripts there is --code"
    assert asked(lambda: given_prefix("")) == "nobody answered; for scripts there is --digest-prefix"
    assert (
        asked(lambda: given_code(ASK, "Code", AT_A_TERMINAL))
        == "nobody answered; enrolling asks for its codes: run it at a terminal"
    )
