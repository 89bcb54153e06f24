"""Which patterns Python's `re` may be let loose on, and at how long a text."""

import json
import socket
import subprocess
import sys
import time

import pytest
from hypothesis import given, settings

from cupel_sandbox.conform import conforms, found, problem, untried
from cupel_sandbox.draw import arguments
from cupel_sandbox.edges import at_bounds

# fmt: off
TRIED = {
    # pattern: characters of the longest text it must be tried on
    r"^\d{4}-\d{2}-\d{2}$": 200_000,
    r"^[A-Z]{2}\d{2}[A-Z0-9]{1,30}$": 200_000,
    r"^[a-z0-9]+(-[a-z0-9]+)*$": 200_000,
    r"^-?\d+(\.\d+)?$": 200_000,
    r"^(a|b)*$": 200_000,
    "^.*$": 200_000,
    r"^[^@]+@[^@.]+\.[a-z]{2,}$": 200_000,
    "[a-z]+$": 2_000,
    r"^[\w.]+@[\w.]+$": 1_000,
    "(?i)^(a|b)+c": 200_000,
}
NOT_TRIED = {
    # pattern: a text that it would take without end
    "^(a+)+$": "a" * 60 + "!",
    "^(a|aa)+$": "a" * 60 + "!",
    "^(a*)*b": "a" * 60,
    "^(?:(?:a|a))+$": "a" * 60 + "!",
    "^(?:a(?:)?)*c$": "a" * 60,
    "^(a?b?)*c": "ab" * 40,
    r"^(\w+\s?)+$": "a" * 60 + "!",
    "^(.*,){20}x$": "," * 60,
    "(?i)^(a|A[ab])+$": "aA" * 40 + "!",
    "^([à-é]x?|[è-ü])+$": "é" * 60 + "!",
    "a+b": "a" * 250_000,
    "^a*a*a*b$": "a" * 5_000,
    "^(x+x+)+y": "x" * 60,
}
# fmt: on


@pytest.mark.parametrize(("pattern", "length"), TRIED.items(), ids=TRIED)
def test_a_pattern_with_few_steps_is_tried(pattern, length):
    assert found(pattern, "!" * length) is not None


@pytest.mark.parametrize(("pattern", "text"), NOT_TRIED.items(), ids=NOT_TRIED)
def test_a_pattern_that_may_hang_is_not_tried(pattern, text):
    assert found(pattern, text) is None


@pytest.mark.parametrize("pattern", NOT_TRIED)
def test_nothing_is_said_of_it_and_all_else_is_judged(pattern):
    hangs = {"type": "string", "pattern": pattern}
    schema = {"type": "object", "properties": {"a": hangs, "b": {"type": "integer"}}}
    text = NOT_TRIED[pattern]

    assert (problem(schema, {"a": text, "b": 1}), untried(schema, {"a": text, "b": 1})) == ("", pattern)
    assert problem(schema, {"a": text, "b": "x"}) == "b must be of type integer"


HANGS = {"pattern": "^(a+)+$"}
# fmt: off
UNKNOWN = {
    # schema: what is known of the text "x"
    "any of, one fits":           ({"anyOf": [HANGS, {"const": "x"}]}, True),
    "any of, none fits for sure": ({"anyOf": [HANGS, {"const": "y"}]}, None),
    "one of, two fit":            ({"oneOf": [HANGS, {"const": "x"}, {"type": "string"}]}, False),
    "one of, one fits for sure":  ({"oneOf": [HANGS, {"const": "x"}]}, None),
    "not":                        ({"not": HANGS}, None),
    "if":                         ({"if": HANGS, "then": False}, None),
    "all of, another does not":   ({"allOf": [HANGS, {"maxLength": 0}]}, False),
}
# fmt: on


@pytest.mark.parametrize(("schema", "known"), UNKNOWN.values(), ids=UNKNOWN)
def test_what_hangs_on_it_is_unknown(schema, known):
    assert conforms(schema, "x", schema) is known


def test_names_and_lists_that_hang_on_it_are_unknown():
    names = {"patternProperties": {"^(a+)+$": {"type": "null"}}, "additionalProperties": False}
    lists = {"contains": HANGS}

    assert conforms(names, {"x": 1}, names) is None
    assert (conforms(lists, ["x"], lists), conforms(lists, [], lists)) == (None, False)


DRAWN = {"type": "object", "properties": {"v": {"type": "string", **HANGS}}, "required": ["v"]}


@given(drawn=arguments(DRAWN))
@settings(max_examples=15, deadline=None, derandomize=True)
def test_arguments_are_still_drawn_by_it(drawn):
    assert set(drawn["v"]) == {"a"}


def test_no_odd_text_is_taken_for_what_it_allows():
    tried = [each["v"] for each in at_bounds(DRAWN, {"v": "a"}) if "v" in each]

    assert tried == []


def test_the_process_tells_what_it_found_when_its_time_is_over():
    """Here its launcher never answers."""
    with socket.create_server(("127.0.0.1", 0)) as mute:
        order = {
            "inputSchema": {"type": "object"}, "outputSchema": {}, "egress": False, "known": [{}], "seconds": 30,
            "port": mute.getsockname()[1], "proxy": "", "callSeconds": 30, "memoryMebibytes": 64, "patience": 0.5,
        }  # fmt: skip
        began = time.monotonic()
        done = subprocess.run(
            [sys.executable, "-m", "cupel_sandbox.properties"],
            input=json.dumps(order),
            capture_output=True,
            text=True,
            timeout=60,
        )

    assert json.loads(done.stdout)["because"] == "there was time for no more"
    assert time.monotonic() - began < 25
