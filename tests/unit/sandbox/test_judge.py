"""What a trial's answer is judged to be."""

import pytest

from cupel_sandbox.trials import judge

WANTS_RESULT = {"result": {"words": 2}}
WANTS_ERROR = {"error": "too long"}
WANTS_STATE = {"result": {}, "state": {"before": {}, "after": {"n": 1}}}


def error(kind, message="m"):
    return {"error": {"type": kind, "message": message}}


ROWS = {
    "the result wanted": (WANTS_RESULT, {"result": {"words": 2}, "state": {}}, ""),
    "another result": (WANTS_RESULT, {"result": {"words": 3}, "state": {}}, "WrongResult"),
    "a result where an error was wanted": (WANTS_ERROR, {"result": {}}, "NoError"),
    "the error wanted": (WANTS_ERROR, error("ToolError", "the text is too long"), ""),
    "another error": (WANTS_ERROR, error("ToolError", "the text is empty"), "WrongError"),
    "an error where a result was wanted": (WANTS_RESULT, error("ToolError"), "ToolError"),
    "a timeout is not the error wanted": (WANTS_ERROR, error("Timeout", "too long"), "Timeout"),
    "out of memory": (WANTS_RESULT, error("OutOfMemory"), "OutOfMemory"),
    "too large": (WANTS_RESULT, error("TooLarge"), "TooLarge"),
    "refused by the launcher": (WANTS_RESULT, error("EgressRefused"), "UnrecordedCall"),
    "an error type nobody knows": (WANTS_RESULT, error("Passed"), "Crashed"),
    "an error that is text": (WANTS_RESULT, {"error": "x"}, "Crashed"),
    "an error that is null beside the right result": (
        WANTS_RESULT,
        {"error": None, "result": {"words": 2}},
        "Crashed",
    ),
    "an error without type": (WANTS_ERROR, {"error": {"message": "too long"}}, "Crashed"),
    "no result at all": (WANTS_RESULT, {}, "BadResult"),
    "a result that is a list": (WANTS_RESULT, {"result": []}, "BadResult"),
    "the state wanted": (WANTS_STATE, {"result": {}, "state": {"n": 1}}, ""),
    "another state": (WANTS_STATE, {"result": {}, "state": {"n": 2}}, "WrongState"),
    "no state where one was wanted": (WANTS_STATE, {"result": {}}, "WrongState"),
}


@pytest.mark.parametrize(("trial", "told", "reason"), ROWS.values(), ids=ROWS)
def test_judged(trial, told, reason):
    found, message = judge(trial, told)
    assert found == reason
    assert bool(message) == bool(reason)
