"""Credentials by name: added where people allowed them, seen by nobody, not even by the tool they are added for."""

from __future__ import annotations

import base64
import logging
from typing import Any
from urllib.parse import quote

import pytest

from .conftest import SECRET, Stage, revision
from .targets import Target, echo, plain, raw, serving

BASIC = base64.b64encode(f"robot:{SECRET}".encode()).decode()
WAYS: dict[str, dict[str, Any]] = {
    "header": {"header": {"name": "Authorization", "prefix": "Bearer ", "value": SECRET}},
    "query": {"query": {"name": "key", "value": SECRET}},
    "basic": {"basic": {"username": "robot", "password": SECRET}},
}


def credential(server: Target, way: str = "header", **other: Any) -> dict[str, Any]:
    usual = {"name": "weather", "users": [{"namespace": "tools"}], "target": f"api.example:{server.port}"}
    return usual | WAYS[way] | other


def allowed(stage: Stage, target: Target, *names: str) -> None:
    stage.names.says("api.example", ["127.0.0.1"])
    stage.names.says("other.example", ["127.0.0.1"])
    pairs = (f"api.example:{target.port}", f"other.example:{target.port}")
    stage.approve(*pairs, credentials=names or ("weather",))


# fmt: off
ADDED = [
    ("header",  "GET /x?a=1 HTTP/1.1",                                   f"Authorization: Bearer {SECRET}"),
    ("query",   f"GET /x?a=1&key={quote(SECRET, safe='')} HTTP/1.1",     "Accept-Encoding: identity"),
    ("basic",   "GET /x?a=1 HTTP/1.1",                                   f"Authorization: Basic {BASIC}"),
]
# fmt: on


@pytest.mark.parametrize(("way", "line", "field"), ADDED, ids=[a[0] for a in ADDED])
async def test_a_credential_is_added_over_tls(stage: Stage, way: str, line: str, field: str) -> None:
    async with serving(plain(), stage.authority.context("api.example")) as target:
        allowed(stage, target)
        stage.keep(credential(target, way))

        assert (await stage.tool().get(f"https://api.example:{target.port}/x?a=1")).status == 200

        lines = target.last.decode("latin-1").split("\r\n")
        assert (lines[0], lines.count(field)) == (line, 1)


@pytest.mark.parametrize("way", WAYS)
async def test_what_the_tool_sends_under_that_name_is_replaced(stage: Stage, way: str) -> None:
    mine = (
        "Authorization: Bearer mine",
        "authorization: Basic mine",
        "Accept-Encoding: gzip",
        "Range: bytes=0-3",
    )
    async with serving(plain(), stage.authority.context("api.example")) as target:
        allowed(stage, target)
        stage.keep(credential(target, way))

        url = f"https://api.example:{target.port}/?key=mine&%6bey=mine&kez=1"
        assert (await stage.tool().get(url, *(mine if way != "query" else mine[2:]))).status == 200

        line, *fields = target.last.decode("latin-1").split("\r\n")
        assert ("mine" in " ".join(fields), line.count("=mine")) == (False, 0 if way == "query" else 2)
        assert "kez=1" in line
        assert not [f for f in fields if f.lower().startswith(("range", "accept-encoding: gzip"))]


# fmt: off
WITHHELD = [
    # id,                     names in the bundle,  what differs in the file,                        scheme and host
    ("another-host",          ("weather",),         {},                                               "https://other.example"),
    ("not-named",             ("another",),         {},                                               "https://api.example"),
    ("another-namespace",     ("weather",),         {"users": [{"namespace": "elsewhere"}]},          "https://api.example"),
    ("another-tool",          ("weather",),         {"users": [{"namespace": "tools", "tools": ["x"]}]}, "https://api.example"),
    ("another-port",          ("weather",),         {"target": "api.example:1"},                      "https://api.example"),
]
# fmt: on


@pytest.mark.parametrize(
    ("names", "differs", "where"), [w[1:] for w in WITHHELD], ids=[w[0] for w in WITHHELD]
)
async def test_a_credential_is_not_given_elsewhere(
    stage: Stage, names: tuple[str, ...], differs: dict[str, Any], where: str
) -> None:
    async with serving(plain(), stage.authority.context("api.example", "other.example")) as target:
        allowed(stage, target, *names)
        stage.keep(credential(target, **differs))

        assert (await stage.tool().get(f"{where}:{target.port}/")).status == 200
        assert SECRET.encode() not in target.last


async def test_plain_http_carries_none_unless_it_was_listed(stage: Stage) -> None:
    async with serving(plain()) as target:
        allowed(stage, target)
        stage.keep(credential(target))
        await stage.tool().get(f"http://api.example:{target.port}/")
        assert SECRET.encode() not in target.last

        stage.keep(credential(target, transport="Plain"))
        await stage.tool().get(f"http://api.example:{target.port}/")
        assert SECRET.encode() in target.last


async def test_a_revision_that_claims_another_digest_gets_none(stage: Stage) -> None:
    """What a stolen operator could write: a bundle with credentials under a digest approved without."""
    from .conftest import bundle

    async with serving(plain(), stage.authority.context("api.example")) as target:
        pair = f"api.example:{target.port}"
        stage.names.says("api.example", ["127.0.0.1"])
        approved = stage.approve(pair)
        forged = bundle("caller", (pair,), ("weather",))
        stage.process.directory.revisions.changed(revision(forged, digest=approved.digest()))
        stage.keep(credential(target))

        assert (await stage.tool().get(f"https://{pair}/")).status == 200
        assert SECRET.encode() not in target.last


@pytest.mark.parametrize("way", WAYS)
async def test_a_credential_that_comes_back_is_removed(
    stage: Stage, way: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with serving(echo, stage.authority.context("api.example")) as target:
        allowed(stage, target)
        stage.keep(credential(target, way))

        reply = await stage.tool().get(f"https://api.example:{target.port}/?a=1")

        assert reply.status == 200
        assert int(reply.header("content-length")) == len(reply.body)
        assert b"[removed]" in reply.body and "[removed]" in reply.header("x-line") + reply.header("x-sent")
        told = reply.raw + caplog.text.encode() + str([r.__dict__ for r in caplog.records]).encode()
        for spelling in (SECRET, quote(SECRET, safe=""), BASIC, base64.b64encode(SECRET.encode()).decode()):
            assert spelling.encode() not in told


async def test_a_redirect_does_not_carry_it_away(stage: Stage) -> None:
    async def onward(request: bytes, writer: Any) -> None:
        path = request.split(b" ")[1]
        writer.write(
            b"HTTP/1.1 302 Found\r\nLocation: https://evil.example" + path + b"\r\nContent-Length: 0\r\n\r\n"
        )

    async with serving(onward, stage.authority.context("api.example")) as target:
        allowed(stage, target)
        stage.keep(credential(target, "query"))

        reply = await stage.tool().get(f"https://api.example:{target.port}/")

        assert reply.header("location") == "https://evil.example/?key=[removed]"


async def test_a_compressed_answer_cannot_be_searched_and_is_not_handed_over(stage: Stage) -> None:
    answer = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nxxxx"
    async with serving(raw(answer), stage.authority.context("api.example", "other.example")) as target:
        allowed(stage, target)
        stage.keep(credential(target))

        kept = await stage.tool().get(f"https://api.example:{target.port}/")
        without = await stage.tool().get(f"https://other.example:{target.port}/")

        assert (kept.status, without.status) == (502, 200)
        assert "the answer is compressed" in kept.header("cupel-failed")


async def test_nothing_of_a_credential_is_in_an_error(stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with serving(
        raw(b"no http at all " + SECRET.encode()), stage.authority.context("api.example")
    ) as target:
        allowed(stage, target)
        stage.keep(credential(target, "query"))

        reply = await stage.tool().get(f"https://api.example:{target.port}/")

        assert reply.status == 502
        assert SECRET.encode() not in reply.raw + caplog.text.encode()


async def test_a_new_file_counts_and_a_broken_one_changes_nothing(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    def current() -> float:
        return next(iter(stage.process.metrics.credentials.collect())).samples[0].value

    async with serving(plain(), stage.authority.context("api.example")) as target:
        allowed(stage, target)
        url = f"https://api.example:{target.port}/"
        stage.keep(credential(target))
        stage.credentials_file.write_text(f"credentials: [{{name: weather, value: {SECRET}}}]")
        stage.process.vault.look()

        await stage.tool().get(url)
        assert (SECRET.encode() in target.last, current()) == (True, 0)
        assert "credentials.0.users: Field required" in caplog.text
        assert SECRET not in caplog.text

        stage.keep(credential(target, header={"name": "X-Key", "value": "another-secret"}))
        await stage.tool().get(url)
        assert (b"X-Key: another-secret" in target.last, current()) == (True, 1)

        stage.credentials_file.unlink()
        stage.process.vault.look()
        await stage.tool().get(url)
        assert b"another-secret" not in target.last
