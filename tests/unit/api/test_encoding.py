"""Bodies for server-side apply: JSON to a JSON parser, and the same value to a YAML parser."""

from __future__ import annotations

import json

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from cupel.api.encoding import apply_text

ROWS = [
    ("an emoji", "😀", "😀"),
    ("the last character", "\U0010ffff", "\U0010ffff"),
    ("a next line", "\x85", "\\u0085"),
    ("line and paragraph separators", "\u2028\u2029", "\\u2028\\u2029"),
    ("delete", "\x7f", "\\u007f"),
    ("a byte order mark", "\ufeff", "\\ufeff"),
    ("a non-character", "\ufffe", "\\ufffe"),
    ("a control character", "\x01", "\\u0001"),
    ("what looks like an escape", "\\ud83d", "\\\\ud83d"),
    ("accents", "é漢", "é漢"),
]


@pytest.mark.parametrize(("value", "written"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_characters_that_yaml_misreads_are_escaped_and_no_others(value: str, written: str) -> None:
    assert apply_text({"x": value}) == f'{{"x":"{written}"}}'


@given(st.dictionaries(st.text(), st.text()))
def test_every_text_survives_json_and_yaml(value: dict[str, str]) -> None:
    text = apply_text(value)
    assert json.loads(text) == value
    assert {key: yaml.safe_load(apply_text({"x": each}))["x"] for key, each in value.items()} == value


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_what_is_not_json_is_refused(value: float) -> None:
    with pytest.raises(ValueError, match="JSON"):
        apply_text({"x": value})
