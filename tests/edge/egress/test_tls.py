"""TLS: spoken by the proxy for https URLs, and by the tool itself in a tunnel to exactly the host it named."""

from __future__ import annotations

import asyncio
import contextlib
import ssl

import pytest

from .conftest import Reply, Stage, Tool, trusting
from .targets import Target, plain, serving, silence


async def test_the_proxy_speaks_tls_to_an_https_target(stage: Stage) -> None:
    async with serving(plain(b"sealed"), stage.authority.context("api.example")) as target:
        stage.names.says("api.example", ["127.0.0.1"])
        stage.approve(f"api.example:{target.port}")

        reply = await stage.tool().get(f"https://api.example:{target.port}/x")

        assert (reply.status, reply.body) == (200, b"sealed")
        assert target.last.startswith(b"GET /x HTTP/1.1\r\n")


async def test_a_certificate_of_another_host_is_not_accepted(stage: Stage) -> None:
    async with serving(plain(), stage.authority.context("other.example")) as target:
        stage.names.says("api.example", ["127.0.0.1"])
        stage.approve(f"api.example:{target.port}")

        reply = await stage.tool().get(f"https://api.example:{target.port}/")

        assert (reply.status, target.requests) == (502, [])
        assert "Hostname mismatch" in reply.header("cupel-failed")


@pytest.mark.parametrize("changes", [{"CUPEL_EGRESS_CA_FILE": ""}], indirect=True)
async def test_an_authority_nobody_listed_is_not_trusted(stage: Stage) -> None:
    async with serving(plain(), stage.authority.context("api.example")) as target:
        stage.names.says("api.example", ["127.0.0.1"])
        stage.approve(f"api.example:{target.port}")

        reply = await stage.tool().get(f"https://api.example:{target.port}/")

        assert (reply.status, "is not trusted" in reply.header("cupel-failed")) == (502, True)


async def test_a_target_without_tls_is_not_spoken_to_in_plain(stage: Stage) -> None:
    async with serving(plain()) as target:
        stage.names.says("api.example", ["127.0.0.1"])
        stage.approve(f"api.example:{target.port}")

        reply = await stage.tool().get(f"https://api.example:{target.port}/")

        assert reply.status in (502, 504)  # it may answer what is no TLS, or wait for more
        assert not [r for r in target.requests if b"HTTP/1.1" in r]


async def connect(
    tool: Tool, authority: str, *fields: str
) -> tuple[Reply, asyncio.StreamReader, asyncio.StreamWriter]:
    """Ask for a tunnel; the answer's head, and the connection."""
    reader, writer = await tool.open()
    lines = [f"CONNECT {authority} HTTP/1.1", *(fields or (f"Host: {authority}",))]
    writer.write("\r\n".join(lines).encode() + b"\r\n\r\n")
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError as cut:
        head = cut.partial
    return Reply(head), reader, writer


async def through(stage: Stage, target: Target, name: str | None) -> bytes:
    """Speak TLS in a tunnel to api.example, asking for the server `name`; what the server answered."""
    head, reader, writer = await connect(stage.tool(), f"api.example:{target.port}")
    assert head.status == 200
    context = trusting(stage.authority)
    context.check_hostname = name is not None
    try:
        async with asyncio.timeout(5):
            await writer.start_tls(context, server_hostname=name or "")
            writer.write(b"GET / HTTP/1.1\r\nHost: api.example\r\n\r\n")
            return await reader.readuntil(b"hello")
    finally:
        writer.transport.abort()


async def test_a_tunnel_carries_tls_to_the_host_it_was_opened_for(stage: Stage) -> None:
    async with serving(plain(), stage.authority.context("api.example")) as target:
        stage.names.says("api.example", ["127.0.0.1"])
        stage.approve(f"api.example:{target.port}")

        assert (await through(stage, target, "api.example")).startswith(b"HTTP/1.1 200 OK")


@pytest.mark.parametrize("name", ["evil.example", "api.example.evil.example"])
async def test_a_tunnel_to_another_server_name_ends(stage: Stage, name: str) -> None:
    async with serving(plain(), stage.authority.context("api.example", name)) as target:
        stage.names.says("api.example", ["127.0.0.1"])
        stage.approve(f"api.example:{target.port}")

        with pytest.raises((OSError, ssl.SSLError, asyncio.IncompleteReadError)):
            await through(stage, target, name)

        assert (target.requests, stage.counted("server_name")) == ([], 1)


@pytest.mark.parametrize(
    "first",
    [
        b"GET / HTTP/1.1\r\n\r\n",
        b"SSH-2.0-x\r\n",
        b"\x16\x03\x01\x00\x05\x02\x00\x00\x01\x00",
        b"\x17\x03\x03",
    ],
)
async def test_a_tunnel_without_tls_ends(stage: Stage, first: bytes) -> None:
    async with serving(plain()) as target:
        stage.names.says("api.example", ["127.0.0.1"])
        stage.approve(f"api.example:{target.port}")
        _, reader, writer = await connect(stage.tool(), f"api.example:{target.port}")

        writer.write(first)
        async with asyncio.timeout(5):
            with contextlib.suppress(ConnectionError):
                assert await reader.read() == b""
        writer.transport.abort()

        assert (target.requests, stage.counted("server_name")) == ([], 1)


# fmt: off
TUNNELS = [
    # id,             authority,            fields,                        words of the refusal
    ("other-port",    "api.example:{q}",    (),                            "was not approved"),
    ("other-host",    "evil.example:{p}",   (),                            "was not approved"),
    ("no-port",       "api.example",        (),                            "must name host and port"),
    ("hexadecimal",   "0x7f000001:{p}",     (),                            "a spelling that is refused"),
    ("ipv6",          "[::1]:{p}",          (),                            "IPv6 addresses are refused"),
    ("another-Host",  "api.example:{p}",    ("Host: evil.example:{p}",),   "the Host header"),
    ("a-body",        "api.example:{p}",    ("Content-Length: 4",),        "a CONNECT has no body"),
]
# fmt: on


@pytest.mark.parametrize(
    ("authority", "fields", "words"), [t[1:] for t in TUNNELS], ids=[t[0] for t in TUNNELS]
)
async def test_a_tunnel_to_what_was_not_approved_is_refused(
    stage: Stage, authority: str, fields: tuple[str, ...], words: str
) -> None:
    async with serving(plain()) as target:
        stage.names.says("api.example", ["127.0.0.1"])
        stage.approve(f"api.example:{target.port}")
        ports = {"p": target.port, "q": target.port - 1}

        head, _, writer = await connect(
            stage.tool(), authority.format(**ports), *(f.format(**ports) for f in fields)
        )
        writer.transport.abort()

        assert (head.status, words in head.refused, target.connections) == (403, True, 0)


async def test_an_open_tunnel_ends_with_the_right_to_it(stage: Stage) -> None:
    async with serving(silence, stage.authority.context("api.example")) as target:
        stage.names.says("api.example", ["127.0.0.1"])
        made = stage.approve(f"api.example:{target.port}")
        _, reader, writer = await connect(stage.tool(), f"api.example:{target.port}")
        async with asyncio.timeout(5):
            await writer.start_tls(trusting(stage.authority), server_hostname="api.example")
            began = asyncio.get_running_loop().time()
            stage.condemn(made)
            with contextlib.suppress(ConnectionError, ssl.SSLError):
                assert await reader.read() == b""
        writer.transport.abort()

        assert asyncio.get_running_loop().time() - began < 1
        assert stage.counted("revoked") == 1


@pytest.mark.parametrize("changes", [{"CUPEL_EGRESS_TUNNEL_BYTES": "4096"}], indirect=True)
async def test_a_tunnel_brings_back_so_much(stage: Stage) -> None:
    async with serving(plain(b"x" * 100_000 + b"hello"), stage.authority.context("api.example")) as target:
        stage.names.says("api.example", ["127.0.0.1"])
        stage.approve(f"api.example:{target.port}")

        with pytest.raises((OSError, ssl.SSLError, asyncio.IncompleteReadError, asyncio.LimitOverrunError)):
            await through(stage, target, "api.example")

        assert stage.counted("too_large") == 1
