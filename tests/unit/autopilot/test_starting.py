"""How a process begins whose settings cannot work: one line, and the exit code that says so."""

from __future__ import annotations

import pytest

from cupel.settings.environment import SettingError
from cupel.settings.starting import UNUSABLE, settings_of


def test_settings_that_cannot_work_end_it_with_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    def read(values: object) -> None:
        raise SettingError("CUPEL_X must be a number")

    with pytest.raises(SystemExit) as ended:
        settings_of("author", read)

    assert ended.value.code == UNUSABLE == 78
    assert capsys.readouterr().err == "cupel author: CUPEL_X must be a number\n"


def test_settings_that_work_are_answered() -> None:
    assert settings_of("author", lambda values: "PATH" in values) is True
