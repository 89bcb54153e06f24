"""The client of the host's REST API against a host that speaks it: what is free, what is waited for, what is refused."""

from __future__ import annotations

import logging
import time
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from tests.support.github import TOKEN, GitHub, account

from cupel.pulls.github import Host
from cupel.pulls.hosted import Pulls
from cupel.pulls.problems import Away, Refused
from cupel.pulls.token import Token

LIST = "/repos/acme/tools/pulls?state=open&per_page=100&page=1"


class Times:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = 1000.0

    def steady(self) -> float:
        return self.now


@pytest.fixture
def times() -> Times:
    return Times()


@pytest.fixture
def token(tmp_path: Path) -> Path:
    path = tmp_path / "token"
    path.write_text(TOKEN + "\n")
    return path


@pytest.fixture
async def host(served: tuple[GitHub, str, str], times: Times, token: Path) -> AsyncIterator[Host]:
    async with aiohttp.ClientSession() as session:
        yield Host(session, served[1], Token(str(token)), 60, (times.steady, time.time))


async def test_what_did_not_change_is_asked_for_by_its_tag(
    host: Host, served: tuple[GitHub, str, str]
) -> None:
    first, second = await host.get(LIST), await host.get(LIST)

    assert first == second
    assert [request.status for request in served[0].requests] == [200, 304]


LIMITED = {
    "a limit that says how long": (429, {"Retry-After": "7"}, {}, 7),
    "a secondary limit that says how long": (403, {"Retry-After": "9"}, {}, 9),
    "the hourly allowance, until a moment": (403, {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "{soon}"}, {}, 30),
    "a limit that only says so": (403, {}, {"message": "You have exceeded a secondary rate limit"}, 60),
    "a limit until long after": (429, {"Retry-After": "999999"}, {}, 3600),
}  # fmt: skip


@pytest.mark.parametrize("what", LIMITED)
async def test_a_limit_is_kept(host: Host, served: tuple[GitHub, str, str], times: Times, what: str) -> None:
    status, headers, body, seconds = LIMITED[what]
    slack = 25 if what.endswith("moment") else 0
    filled = {name: value.format(soon=int(time.time()) + 30) for name, value in headers.items()}
    served[0].weather = lambda _: web.json_response(body, status=status, headers=filled)

    with pytest.raises(Away) as away:
        await host.get(LIST)
    assert seconds - slack <= away.value.seconds <= seconds
    with pytest.raises(Away, match="asked us to wait"):
        await host.get("/user")
    assert len(served[0].requests) == 1

    served[0].weather = lambda _: None
    times.now += seconds + 1
    assert (await host.get(LIST)).body == []


PROBLEMS: dict[str, tuple[web.Response, type[Exception], str]] = {
    "a server error": (web.Response(status=502), Away, "502"),
    "a page of somebody in between": (web.Response(status=200, text="<html>"), Away, "200"),
    "no right": (web.json_response({"message": "Resource not accessible"}, status=403), Refused, "not accessible"),
    "no such repository": (web.json_response({"message": "Not Found"}, status=404), Refused, "404 Not Found"),
    "an answer that is too long": (web.Response(body=b" " * (8 * 2**20) + b"[]"), Refused, "longer than 8 MiB"),
    "another address": (web.Response(status=302, headers={"Location": "http://127.0.0.1:1/"}), Refused, "302"),
}  # fmt: skip


@pytest.mark.parametrize("what", PROBLEMS)
async def test_what_passes_and_what_a_person_must_change(
    host: Host, served: tuple[GitHub, str, str], what: str
) -> None:
    answer, kind, words = PROBLEMS[what]
    served[0].weather = lambda _: web.Response(status=answer.status, body=answer.body, headers=answer.headers)

    with pytest.raises(kind, match=words):
        await host.get(LIST)


async def test_a_token_that_is_not_accepted_is_not_told(
    host: Host, served: tuple[GitHub, str, str], token: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    token.write_text("ghs_wrong-token")

    with pytest.raises(Refused) as refused:
        await host.get("/user")

    assert "Bad credentials" in str(refused.value)
    assert "ghs_wrong-token" not in str(refused.value) + caplog.text + repr(Token(str(token)))
    token.write_text(TOKEN)
    assert (await host.get("/user")).body["login"] == "cupel-bot"


async def test_a_token_of_another_account_is_another_account(
    host: Host, served: tuple[GitHub, str, str], token: Path
) -> None:
    pulls = Pulls(host)
    assert [await pulls.me(), await pulls.me()] == [account("cupel-bot")["id"]] * 2
    assert len(served[0].requests) == 1

    token.write_text("ghs_another-token")
    served[0].weather = lambda _: web.json_response(account("octo-erin"))

    assert [await pulls.me(), await pulls.me()] == [account("octo-erin")["id"]] * 2
    assert len(served[0].requests) == 2


@pytest.mark.parametrize("text", ["", "two words", "a\nb"])
def test_a_token_file_holds_one_token(token: Path, text: str) -> None:
    token.write_text(text)

    with pytest.raises(Refused, match="must hold one token"):
        Token(str(token)).read()


STRANGE: dict[str, object] = {
    "an object for a list": {},
    "a number as text": [{"number": "7", "state": "open", "user": {"id": 9001, "login": "x"}, "head": {}, "base": {}}],
    "a state of another world": [{"number": 7, "state": "merging", "head": {}, "base": {}}],
    "no head": [{"number": 7, "state": "open", "head": None, "base": {}}],
}  # fmt: skip


@pytest.mark.parametrize("what", STRANGE)
async def test_an_answer_of_another_form_decides_nothing(
    host: Host, served: tuple[GitHub, str, str], what: str
) -> None:
    def strange(request: web.Request) -> web.Response | None:
        return web.json_response(STRANGE[what]) if request.path.endswith("/pulls") else None

    served[0].weather = strange

    with pytest.raises(Away):
        await Pulls(host).of("acme/tools", "x")
