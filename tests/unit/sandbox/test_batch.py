"""A batch: its request is checked field by field, and its answer believed in no part that is not as it must be."""

import pytest

from cupel_sandbox.conversation import BatchRequest
from cupel_sandbox.server import BadRequest, call_request
from cupel_sandbox.trial import batch_request

BAD = {
    "no calls": ({}, "calls must be"),
    "calls that are no list": ({"calls": {}}, "calls must be"),
    "no call at all": ({"calls": []}, "calls must be"),
    "too many calls": ({"calls": [{"arguments": {}}] * 129}, "calls must be"),
    "a call that is no object": ({"calls": [1]}, "each of calls"),
    "a call without arguments": ({"calls": [{}]}, "arguments is needed"),
    "a proxy that is none": ({"calls": [{"arguments": {}, "proxy": "ftp://a"}]}, "proxy must be"),
    "codes that are no texts": ({"codes": [1], "calls": [{"arguments": {}}]}, "codes must be"),
    "too many codes": ({"codes": [""] * 17, "calls": [{"arguments": {}}]}, "codes must be"),
    "no code": ({"codes": [], "calls": [{"arguments": {}}]}, "codes must be"),
    "time without end": ({"codeSeconds": 10**9, "calls": [{"arguments": {}}]}, "timeoutSeconds must be"),
    "a field nobody knows": ({"calls": [{"arguments": {}}], "more": 1}, "unknown field"),
}


@pytest.mark.parametrize(("body", "said"), BAD.values(), ids=BAD)
def test_a_bad_request_is_told_by_its_field(body, said):
    with pytest.raises(BadRequest, match=said):
        batch_request(dict(body))


ASKED = BatchRequest(call_request({"arguments": {}}), ["", "a"], [{"arguments": {}}], 1.0)
FINE = {"result": {}, "state": {}, "memoryKibibytes": 1}
WRONG = {"error": {"type": "ToolError", "message": "no"}}
LATE = {"error": {"type": "Timeout", "message": "the calls used up their time"}}
ANSWERS = {
    "both codes' answers": ({"answers": [[FINE], [WRONG]]}, True),
    "one code's error": ({"answers": [[FINE], WRONG]}, True),
    "one code's time": ({"answers": [[FINE], LATE]}, True),
    "one error for all": (WRONG, True),
    "a code too few": ({"answers": [[FINE]]}, False),
    "a call too many": ({"answers": [[FINE], [FINE, FINE]]}, False),
    "something beside the answers": ({"answers": [[FINE], [FINE]], "killed": 2}, False),
    "an answer of another form": ({"answers": [[FINE], [{"result": 1}]]}, False),
    "a time of its own telling": (
        {"answers": [[FINE], {"error": {"type": "Timeout", "message": "mine"}}]},
        False,
    ),
    "an error type it may not give itself": (
        {"answers": [[FINE], {"error": {"type": "Crashed", "message": ""}}]},
        False,
    ),
    "no answers": ({"answers": None}, False),
    "no object": ([[FINE], [FINE]], False),
}


@pytest.mark.parametrize(("told", "believed"), ANSWERS.values(), ids=ANSWERS)
def test_an_answer_is_believed_only_as_a_whole(told, believed):
    assert (ASKED.understood(told) is not None) == believed
