"""Log lines: one JSON object each, with the fields that were given and nothing lost."""

from __future__ import annotations

import io
import json
import logging

import pytest

from cupel.telemetry.logs import JsonLines, TextLines, start_logging


def record(message: str, *arguments: object, **extra: object) -> logging.LogRecord:
    made = logging.LogRecord("cupel.x", logging.WARNING, "f.py", 1, message, arguments, None)
    vars(made).update(extra)
    return made


def test_a_json_line_carries_message_level_and_fields() -> None:
    line = json.loads(JsonLines().format(record("tool %s", "t", fields={"reason": "Serving", "n": 1})))
    assert (line["message"], line["level"], line["logger"]) == ("tool t", "warning", "cupel.x")
    assert (line["reason"], line["n"]) == ("Serving", 1)


@pytest.mark.parametrize("text", ["two\nlines", 'quotes "', "🥣 \x1b[31m", "\ud800"], ids=repr)
def test_whatever_the_text_it_stays_one_line_of_json(text: str) -> None:
    line = JsonLines().format(record("%s", text))
    assert "\n" not in line
    assert json.loads(line)["message"] == text


def test_text_lines_show_fields() -> None:
    assert TextLines().format(record("hello", fields={"a": 1})).endswith("W hello a=1")


def test_a_stranger_s_text_makes_no_second_line() -> None:
    line = TextLines().format(
        record("of %s", "a\nb", fields={"person": "bob\n12:00:00 I a try outcome=Right"})
    )
    assert "\n" not in line and "person=bob 12:00:00 I a try" in line


def test_a_traceback_is_kept() -> None:
    stream = io.StringIO()
    root = logging.getLogger()
    before = (list(root.handlers), root.level)
    try:
        start_logging("json", "INFO", stream)
        try:
            raise ValueError("why")
        except ValueError:
            logging.getLogger("cupel.x").exception("it failed")
    finally:
        root.handlers, root.level = before[0], before[1]
    assert "ValueError: why" in json.loads(stream.getvalue())["traceback"]
