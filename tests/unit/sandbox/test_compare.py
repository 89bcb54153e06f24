"""JSON equality as trials mean it."""

import pytest

from cupel_sandbox.compare import difference

EQUAL = {
    "the same object in another order": ({"a": 1, "b": [1, 2]}, {"b": [1, 2], "a": 1}),
    "a whole number and its float": ({"n": 2}, {"n": 2.0}),
    "floats that agree to nine digits": (0.1 + 0.2, 0.3),
    "large floats that agree to nine digits": (1.0000000001e20, 1.0000000002e20),
    "zero and minus zero": (0.0, -0.0),
    "null and null": ({"x": None}, {"x": None}),
    "empty containers": ({"a": [], "b": {}}, {"a": [], "b": {}}),
}
DIFFERENT = {
    "True is not 1": (True, 1, "it: expected true, got 1"),
    "1 is not True": ({"a": 1}, {"a": True}, "a: expected 1, got true"),
    "False is not 0.0": (False, 0.0, "it: expected false, got 0.0"),
    "null is not an empty text": ({"a": None}, {"a": ""}, "a: expected null, got ''"),
    "a number is not its text": ({"a": 1}, {"a": "1"}, "a: expected 1, got '1'"),
    "long whole numbers are compared exactly": (
        10**12,
        10**12 + 1,
        "it: expected 1000000000000, got 1000000000001",
    ),
    "floats that part in the eighth digit": (1.0000001, 1.0000002, "it: expected 1.0000001, got 1.0000002"),
    "a missing key": ({"a": 1}, {}, "it: 'a' is missing"),
    "a surplus key": ({}, {"a": 1}, "it: 'a' is not expected"),
    "a deep element": ({"a": [{"b": 1}]}, {"a": [{"b": 2}]}, "a[0].b: expected 1, got 2"),
    "a shorter array": ([1, 2], [1], "it: expected 2 elements, got 1"),
    "an array in another order": ([1, 2], [2, 1], "[0]: expected 1, got 2"),
    "an array is not an object": ({"a": []}, {"a": {}}, "a: expected an array of 0, got an object of 0"),
    "a whole number beyond every float": (1.5, 10**400, "it: expected 1.5, got a huge whole number"),
}


@pytest.mark.parametrize(("expected", "got"), EQUAL.values(), ids=EQUAL)
def test_equal(expected, got):
    assert difference(expected, got) == ""
    assert difference(got, expected) == ""


@pytest.mark.parametrize(("expected", "got", "told"), DIFFERENT.values(), ids=DIFFERENT)
def test_different(expected, got, told):
    assert difference(expected, got) == told
    assert difference(got, expected) != ""


def test_a_long_value_is_told_in_short():
    assert len(difference("x" * 100_000, "y" * 100_000)) < 200
