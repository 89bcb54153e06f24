"""Which recorded answer a request gets."""

import pytest

from cupel_sandbox.replay import Tape

URL = "https://api.example.com/v1/x?a=1"


def exchange(answer, **request):
    return {"request": {"method": "GET", "url": URL} | request, "response": {"status": 200, "body": answer}}


PLAYED = {
    "the one recorded": ([exchange("one")], [("GET", URL, "")], ["one"]),
    "one that is asked again repeats": ([exchange("one")], [("GET", URL, "")] * 3, ["one"] * 3),
    "equal requests in recorded order, the last repeats": (
        [exchange("one"), exchange("two")],
        [("GET", URL, "")] * 3,
        ["one", "two", "two"],
    ),
    "told apart by method": ([exchange("got"), exchange("put", method="PUT")], [("PUT", URL, "")], ["put"]),
    "told apart by body": (
        [exchange("a", method="POST", body="a"), exchange("b", method="POST", body="b")],
        [("POST", URL, "b"), ("POST", URL, "a")],
        ["b", "a"],
    ),
    "no body recorded means none sent": ([exchange("one", body=None)], [("GET", URL, "")], ["one"]),
    "a query in another order is another URL": ([exchange("one")], [("GET", URL + "&b=2", "")], [None]),
    "another scheme is another URL": ([exchange("one")], [("GET", URL.replace("https", "http"), "")], [None]),
    "a body where none was recorded": ([exchange("one")], [("GET", URL, "x")], [None]),
    "nothing recorded": ([], [("GET", URL, "")], [None]),
}


@pytest.mark.parametrize(("exchanges", "requests", "answers"), PLAYED.values(), ids=PLAYED)
def test_played(exchanges, requests, answers):
    tape = Tape(exchanges)
    played = [tape.play(*request) for request in requests]
    assert [response and response["body"] for response in played] == answers
    assert bool(tape.unrecorded) == (None in answers)


def test_the_first_unrecorded_request_is_remembered():
    tape = Tape([])
    tape.play("GET", "https://first.example.com/", "")
    tape.play("GET", "https://second.example.com/", "")
    assert tape.unrecorded == "GET https://first.example.com/"
