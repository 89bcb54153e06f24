"""Settings that cannot work end the process before it does anything, and the line on stderr names them."""

from __future__ import annotations

import pytest

from cupel.pulls.__main__ import UNUSABLE, main


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("CUPEL_PULLS_TOKEN_FILE", "/nowhere/token", "/nowhere/token cannot be read: FileNotFoundError"),
        (
            "CUPEL_PULLS_API_URL",
            "api.github.com",
            "CUPEL_PULLS_API_URL must look like https://api.github.com",
        ),
    ],
)
def test_unusable_settings(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str, value: str, words: str
) -> None:
    monkeypatch.setenv(name, value)

    assert main() == UNUSABLE
    assert words in capsys.readouterr().err
