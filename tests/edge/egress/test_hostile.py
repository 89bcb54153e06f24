"""Tools, Pods and targets that mean harm: strangers, smugglers, the endless and the slow, and rights that end."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from .conftest import Stage, approval, bundle, ledger, pod, revision
from .targets import plain, raw, serving, silence

STRANGER = "127.0.0.9"


async def test_an_address_of_no_pod_gets_nothing(stage: Stage) -> None:
    async with serving(plain()) as target:
        stage.names.says("api.example", ["127.0.0.1"])
        stage.approve(f"api.example:{target.port}")

        reply = await stage.tool(STRANGER).get(f"http://api.example:{target.port}/")

        assert (reply.status, target.connections, stage.names.asked) == (403, 0, [])
        assert reply.refused == "this address is not that of exactly one running Pod of a tool"
        assert stage.counted("unknown_caller") == 1


# fmt: off
PODS = [
    # id,                          what differs of the Pod at that address
    ("in-the-sandbox",            {"namespace": "tools-sandbox"}),
    ("in-no-zone",                {"namespace": "default"}),
    ("about-to-go",               {"deleting": True}),
    ("ended",                     {"phase": "Succeeded"}),
    ("not-started",               {"phase": "Pending"}),
    ("label-of-another-digest",   {"label": "0" * 40}),
    ("other-arguments",           {"args": ["trial", "--bundle", "/bundle/bundle.json", "--sha256", "0" * 64]}),
    ("no-arguments",              {"args": []}),
]
# fmt: on


@pytest.mark.parametrize("differs", [p[1] for p in PODS], ids=[p[0] for p in PODS])
async def test_a_pod_that_does_not_serve_gets_nothing(stage: Stage, differs: dict[str, Any]) -> None:
    made = stage.approve("api.example:80")
    stage.process.directory.pods.changed(pod(made.digest(), STRANGER, **{"name": "other"} | differs))

    reply = await stage.tool(STRANGER).get("http://api.example/")

    assert (reply.status, stage.names.asked) == (403, [])


async def test_two_pods_with_one_address_get_nothing_until_one_is_gone(stage: Stage) -> None:
    async with serving(plain()) as target:
        stage.names.says("api.example", ["127.0.0.1"])
        made = stage.approve(f"api.example:{target.port}")
        url = f"http://api.example:{target.port}/"
        second = pod(made.digest(), name="second", namespace="tools-sandbox")

        stage.process.directory.pods.changed(second)
        assert (await stage.tool().get(url)).status == 403

        stage.process.directory.pods.deleted(second)
        assert (await stage.tool().get(url)).status == 200


async def test_a_pod_made_for_a_digest_nobody_approved_gets_nothing(stage: Stage) -> None:
    """What a stolen operator could do: a Pod, labels, a ToolRevision that claims egress; all but the ledger."""
    forged = bundle("forged", ("api.example:80",))
    directory = stage.process.directory
    directory.revisions.changed(revision(forged))
    directory.pods.changed(pod(forged.digest(), STRANGER, name="forged"))
    stage.approve("api.example:80")

    reply = await stage.tool(STRANGER).get("http://api.example/")

    assert (reply.status, reply.refused) == (403, "the digest is approved on 0 of 1 channels")


async def test_the_ledger_counts_and_not_what_a_revision_says(stage: Stage) -> None:
    made = stage.approve("api.example:80")
    more = revision(made, egress=["api.example:80", "evil.example:80"])
    stage.process.directory.revisions.changed(more)

    assert "evil.example:80 was not approved" in (await stage.tool().get("http://evil.example/")).refused


# fmt: off
LEDGERS = [
    # id,               decision of this digest,                     floor, condemned, words
    ("rejected",        lambda e: approval(e, "Reject"),             1, False, "bob rejected the digest"),
    ("one-of-two",      lambda e: approval(e),                       2, False, "approved on 1 of 2 channels"),
    ("condemned",       lambda e: approval(e),                       1, True,  "the digest is condemned"),
    ("without-egress",  lambda e: approval(()),                      1, False, "no egress was approved"),
    ("not-decided",     lambda e: None,                              1, False, "approved on 0 of 1 channels"),
]
# fmt: on


@pytest.mark.parametrize(
    ("decision", "floor", "condemned", "words"), [x[1:] for x in LEDGERS], ids=[x[0] for x in LEDGERS]
)
async def test_what_the_ledger_does_not_let_serve_gets_nothing(
    stage: Stage, decision: Any, floor: int, condemned: bool, words: str
) -> None:
    made = stage.approve("api.example:80")
    entry = decision(("api.example:80",))
    decisions = {made.digest(): entry} if entry else {}
    ended = {made.digest(): "rolled back"} if condemned else {}
    stage.process.directory.ledgers.changed(ledger(decisions, ended, floor))

    assert words in (await stage.tool().get("http://api.example/")).refused


async def test_a_zone_without_a_ledger_gets_nothing(stage: Stage) -> None:
    stage.approve("api.example:80")
    stage.process.directory.ledgers.deleted(ledger({}))

    assert "no ApprovalLedger" in (await stage.tool().get("http://api.example/")).refused


async def test_nobody_is_known_before_everything_was_read_once(stage: Stage) -> None:
    stage.approve("api.example:80")
    stage.process.directory.pods.synced = False

    assert "Pod are still being read" in (await stage.tool().get("http://api.example/")).refused
    assert stage.process.ready() == "still reading Pod"


ENDINGS = {
    "condemned": lambda stage, made: stage.condemn(made),
    "revoked": lambda stage, made: (stage.decisions.clear(), stage.tell_ledger()),
    "pod-going": lambda stage, made: stage.process.directory.pods.changed(
        pod(made.digest(), name="caller-127.0.0.1", deleting=True)
    ),
    "pod-gone": lambda stage, made: stage.process.directory.pods.replace([]),
}


@pytest.mark.parametrize("ending", ENDINGS)
async def test_a_call_under_way_ends_with_its_right(stage: Stage, ending: str) -> None:
    async with serving(silence) as target:
        stage.names.says("api.example", ["127.0.0.1"])
        made = stage.approve(f"api.example:{target.port}")
        call = asyncio.create_task(stage.tool().get(f"http://api.example:{target.port}/"))
        async with asyncio.timeout(5):
            while not target.requests:
                await asyncio.sleep(0.01)
            began = asyncio.get_running_loop().time()
            ENDINGS[ending](stage, made)
            reply = await call

        assert reply.status == 0
        assert asyncio.get_running_loop().time() - began < 1
        assert stage.counted("revoked") == 1


async def test_a_call_under_way_goes_on_while_others_lose_their_right(stage: Stage) -> None:
    async def later(request: bytes, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(0.3)
        await plain(b"late")(request, writer)

    async with serving(later) as target:
        stage.names.says("api.example", ["127.0.0.1"])
        stage.approve(f"api.example:{target.port}")
        other = stage.approve("other.example:80", tool="other", address="127.0.0.2")
        call = asyncio.create_task(stage.tool().get(f"http://api.example:{target.port}/"))
        async with asyncio.timeout(5):
            while not target.requests:
                await asyncio.sleep(0.01)
            stage.condemn(other)
            assert (await call).body == b"late"


# fmt: off
SMUGGLED = [
    # id,                     head ({a}: the approved authority), and body,   words of the refusal
    ("length-and-chunked",    "POST http://{a}/ HTTP/1.1|Host: {a}|Content-Length: 4|Transfer-Encoding: chunked||0||", "Content-Length and Transfer-Encoding together"),
    ("two-lengths",           "POST http://{a}/ HTTP/1.1|Host: {a}|Content-Length: 4|Content-Length: 4||body", "Content-Length must be one number"),
    ("length-with-a-sign",    "POST http://{a}/ HTTP/1.1|Host: {a}|Content-Length: +4||body", "Content-Length must be one number"),
    ("length-list",           "POST http://{a}/ HTTP/1.1|Host: {a}|Content-Length: 4, 4||body", "Content-Length must be one number"),
    ("chunked-twice",         "POST http://{a}/ HTTP/1.1|Host: {a}|Transfer-Encoding: chunked, chunked||0||", "other than chunked"),
    ("gzip-then-chunked",     "POST http://{a}/ HTTP/1.1|Host: {a}|Transfer-Encoding: gzip, chunked||0||", "other than chunked"),
    ("folded-line",           "GET http://{a}/ HTTP/1.1|Host: {a}|X-A: 1| X-B: 2||", "continued on a second line"),
    ("space-before-colon",    "GET http://{a}/ HTTP/1.1|Host : {a}||", "not `name: value`"),
    ("bare-line-feed",        "GET http://{a}/ HTTP/1.1|Host: {a}|X-A: 1\nX-B: 2||", "must end in CR LF"),
    ("bare-carriage-return",  "GET http://{a}/ HTTP/1.1|Host: {a}|X-A: 1\rX-B: 2||", "must end in CR LF"),
    ("nul",                   "GET http://{a}/ HTTP/1.1|Host: {a}|X-A: \0||", "must end in CR LF"),
    ("another-host",          "GET http://{a}/ HTTP/1.1|Host: evil.example||", "the Host header must be there once"),
    ("another-port",          "GET http://{a}/ HTTP/1.1|Host: api.example||", "the Host header must be there once"),
    ("two-hosts",             "GET http://{a}/ HTTP/1.1|Host: {a}|Host: evil.example||", "the Host header must be there once"),
    ("no-host",               "GET http://{a}/ HTTP/1.1|X-A: 1||", "the Host header must be there once"),
    ("host-with-user",        "GET http://{a}/ HTTP/1.1|Host: x@{a}||", "a user name in the URL"),
    ("http-1.0",              "GET http://{a}/ HTTP/1.0|Host: {a}||", "`METHOD target HTTP/1.1`"),
    ("two-spaces",            "GET  http://{a}/ HTTP/1.1|Host: {a}||", "`METHOD target HTTP/1.1`"),
    ("space-in-target",       "GET http://{a}/ x HTTP/1.1|Host: {a}||", "`METHOD target HTTP/1.1`"),
    ("trace",                 "TRACE http://{a}/ HTTP/1.1|Host: {a}||", "the method must be"),
    ("expect",                "POST http://{a}/ HTTP/1.1|Host: {a}|Expect: 100-continue|Content-Length: 4||body", "Expect is not supported"),
    ("chunk-size-of-words",   "POST http://{a}/ HTTP/1.1|Host: {a}|Transfer-Encoding: chunked||four|body|0||", "a chunk's size line"),
    ("chunk-size-signed",     "POST http://{a}/ HTTP/1.1|Host: {a}|Transfer-Encoding: chunked||+4|body|0||", "a chunk's size line"),
    ("chunk-too-long",        "POST http://{a}/ HTTP/1.1|Host: {a}|Transfer-Encoding: chunked||2|body|0||", "does not end where it says"),
    ("no-http",               "SSH-2.0-x||", "`METHOD target HTTP/1.1`"),
]
# fmt: on


@pytest.mark.parametrize(("request_text", "words"), [s[1:] for s in SMUGGLED], ids=[s[0] for s in SMUGGLED])
async def test_a_request_with_two_readings_reaches_nobody(
    stage: Stage, request_text: str, words: str
) -> None:
    async with serving(plain()) as target:
        stage.names.says("api.example", ["127.0.0.1"])
        stage.approve(f"api.example:{target.port}")
        request = request_text.replace("{a}", f"api.example:{target.port}").replace("|", "\r\n")

        reply = await stage.tool().send(request.encode("latin-1"))

        assert (reply.status, target.requests) == (403, [])
        assert words in reply.refused


async def test_what_follows_a_request_is_not_a_second_one(stage: Stage) -> None:
    async with serving(plain(b"one")) as target:
        stage.names.says("api.example", ["127.0.0.1"])
        stage.approve(f"api.example:{target.port}")
        one = f"GET http://api.example:{target.port}/ HTTP/1.1\r\nHost: api.example:{target.port}\r\n\r\n"

        reply = await stage.tool().send(one.encode() * 2)

        assert (reply.raw.count(b"HTTP/1.1"), target.connections) == (1, 1)


BIG = b"x" * 2_000
LIMITS = {"CUPEL_EGRESS_REQUEST_BYTES": "1024", "CUPEL_EGRESS_RESPONSE_BYTES": "1024"}


@pytest.mark.parametrize("changes", [LIMITS], indirect=True)
@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 2000\r\n\r\n" + BIG,
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n7d0\r\n" + BIG + b"\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
        + (b"1;" + b"e" * 200 + b"\r\nx\r\n") * 10
        + b"0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n\r\n" + BIG,
        b"HTTP/1.1 200 OK\r\nX-Long: " + b"x" * 40_000 + b"\r\n\r\n",
    ],
    ids=["by-length", "by-chunks", "by-chunk-extensions", "until-the-end", "in-its-head"],
)
async def test_an_answer_that_is_too_large_is_cut_off(stage: Stage, answer: bytes) -> None:
    async with serving(raw(answer)) as target:
        stage.names.says("api.example", ["127.0.0.1"])
        stage.approve(f"api.example:{target.port}")

        reply = await stage.tool().get(f"http://api.example:{target.port}/")

        assert (reply.status, stage.counted("too_large")) == (502, 1)
        assert "is too large" in reply.header("cupel-failed")


@pytest.mark.parametrize("changes", [LIMITS], indirect=True)
@pytest.mark.parametrize("fields", ["Content-Length: 2000", "Transfer-Encoding: chunked"])
async def test_a_request_that_is_too_large_is_refused(stage: Stage, fields: str) -> None:
    async with serving(plain()) as target:
        stage.names.says("api.example", ["127.0.0.1"])
        stage.approve(f"api.example:{target.port}")
        authority = f"api.example:{target.port}"
        body = BIG if "Length" in fields else b"7d0\r\n" + BIG + b"\r\n0\r\n\r\n"
        head = f"POST http://{authority}/ HTTP/1.1\r\nHost: {authority}\r\n{fields}\r\n\r\n".encode()

        reply = await stage.tool().send(head + body)

        assert (reply.status, target.requests) == (403, [])
        assert "the request is too large" in reply.refused


async def test_a_head_without_end_is_refused(stage: Stage) -> None:
    stage.approve("api.example:80")

    reply = await stage.tool().send(b"GET http://api.example/ HTTP/1.1\r\nX-A: " + b"x" * 70_000)

    assert (reply.status, reply.refused) == (403, "the head is larger than 32768 bytes")


@pytest.mark.parametrize("changes", [{"CUPEL_EGRESS_REQUEST_SECONDS": "0.3"}], indirect=True)
async def test_a_target_that_is_silent_is_given_up(stage: Stage) -> None:
    async with serving(silence) as target:
        stage.names.says("api.example", ["127.0.0.1"])
        stage.approve(f"api.example:{target.port}")

        reply = await stage.tool().get(f"http://api.example:{target.port}/")

        assert (reply.status, reply.header("cupel-failed")) == (
            504,
            f"api.example:{target.port} did not answer in time",
        )


@pytest.mark.parametrize("changes", [{"CUPEL_EGRESS_REQUEST_SECONDS": "0.5"}], indirect=True)
async def test_a_target_that_drips_is_given_up(stage: Stage) -> None:
    async def drip(request: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            writer.write(b".")
            await writer.drain()
            await asyncio.sleep(0.05)

    async with serving(drip) as target:
        stage.names.says("api.example", ["127.0.0.1"])
        stage.approve(f"api.example:{target.port}")

        assert (await stage.tool().get(f"http://api.example:{target.port}/")).status == 504


@pytest.mark.parametrize("changes", [{"CUPEL_EGRESS_HEAD_SECONDS": "0.2"}], indirect=True)
async def test_a_tool_that_says_half_a_request_is_given_up(stage: Stage) -> None:
    stage.approve("api.example:80")

    reply = await stage.tool().send(b"GET http://api.example/ HTTP/1.1\r\n")

    assert reply.refused == "the request did not come in time"


# fmt: off
ANSWERS = [
    ("no-http",             b"SSH-2.0-x\r\n\r\n"),
    ("nothing",             b""),
    ("half-a-head",         b"HTTP/1.1 200 OK\r\nX-A"),
    ("length-and-chunked",  b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
    ("two-lengths",         b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx"),
    ("cut-short",           b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nx"),
    ("folded",              b"HTTP/1.1 200 OK\r\nX-A: 1\r\n X-B: 2\r\nContent-Length: 0\r\n\r\n"),
    ("another-protocol",    b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n"),
    ("hints-without-end",   b"HTTP/1.1 103 Early Hints\r\n\r\n" * 20),
]
# fmt: on


@pytest.mark.parametrize("answer", [a[1] for a in ANSWERS], ids=[a[0] for a in ANSWERS])
async def test_an_answer_with_two_readings_reaches_no_tool(stage: Stage, answer: bytes) -> None:
    async with serving(raw(answer)) as target:
        stage.names.says("api.example", ["127.0.0.1"])
        stage.approve(f"api.example:{target.port}")

        reply = await stage.tool().get(f"http://api.example:{target.port}/")

        assert (reply.status, "is no HTTP" in reply.header("cupel-failed")) == (502, True)


@pytest.mark.parametrize("changes", [{"CUPEL_EGRESS_REQUESTS_PER_MINUTE": "3"}], indirect=True)
async def test_a_tool_makes_so_many_requests_a_minute(stage: Stage) -> None:
    async with serving(plain()) as target:
        stage.names.says("api.example", ["127.0.0.1"])
        stage.approve(f"api.example:{target.port}")
        stage.approve(f"api.example:{target.port}", tool="other", address="127.0.0.2")
        url = f"http://api.example:{target.port}/"

        assert [(await stage.tool().get(url)).status for _ in range(4)] == [200, 200, 200, 403]
        assert (await stage.tool("127.0.0.2").get(url)).status == 200


@pytest.mark.parametrize("changes", [{"CUPEL_EGRESS_REQUESTS_AT_ONCE": "2"}], indirect=True)
async def test_a_tool_has_so_many_requests_under_way(stage: Stage) -> None:
    async with serving(silence) as target:
        stage.names.says("api.example", ["127.0.0.1"])
        stage.approve(f"api.example:{target.port}")
        url = f"http://api.example:{target.port}/"
        waiting = [asyncio.create_task(stage.tool().get(url)) for _ in range(2)]
        async with asyncio.timeout(5):
            while len(target.requests) < 2:
                await asyncio.sleep(0.01)

            assert "has 2 requests under way" in (await stage.tool().get(url)).refused
        assert [reply.status for reply in await asyncio.gather(*waiting)] == [504, 504]


LARGE = {"CUPEL_EGRESS_REQUESTS_AT_ONCE": "1", "CUPEL_EGRESS_RESPONSE_BYTES": "33554432"}


@pytest.mark.parametrize("changes", [LARGE], indirect=True)
async def test_a_tool_that_reads_no_answer_is_given_up_and_counts_until_then(stage: Stage) -> None:
    """More than the kernel buffers on the way."""
    async with serving(plain(b"x" * 20_000_000)) as target:
        stage.names.says("api.example", ["127.0.0.1"])
        stage.approve(f"api.example:{target.port}")
        place = f"api.example:{target.port}"
        _, writer = await stage.tool().open()
        writer.transport.pause_reading()
        writer.write(f"GET http://{place}/ HTTP/1.1\r\nHost: {place}\r\n\r\n".encode())
        async with asyncio.timeout(8):
            while not target.requests:
                await asyncio.sleep(0.01)

            assert "has 1 requests under way" in (await stage.tool().get(f"http://{place}/")).refused
            while (await stage.tool().get(f"http://{place}/")).status != 200:
                await asyncio.sleep(0.1)
        assert stage.counted("lost") >= 1
        writer.transport.abort()


@pytest.mark.parametrize("changes", [{"CUPEL_EGRESS_REQUESTS_AT_ONCE": "2"}], indirect=True)
async def test_one_address_holds_so_many_connections(stage: Stage) -> None:
    """A stranger that opens and says nothing keeps nobody else out."""
    opened = [await stage.tool(STRANGER).open() for _ in range(6)]
    try:
        async with asyncio.timeout(0.8):  # less than a head may take
            assert [await reader.read() for reader, _ in opened[4:]] == [b"", b""]
    except ConnectionError:
        pass  # it may also be reset
    finally:
        for _, writer in opened:
            writer.transport.abort()
    assert (await stage.tool().get("http://api.example/")).status == 403


async def test_a_target_that_is_not_there_is_said(stage: Stage) -> None:
    async with serving(plain()) as target:
        port = target.port
    stage.names.says("api.example", ["127.0.0.1"])
    stage.approve(f"api.example:{port}", f"nowhere.example:{port}")

    gone = await stage.tool().get(f"http://api.example:{port}/")
    unknown = await stage.tool().get(f"http://nowhere.example:{port}/")

    assert (gone.status, gone.header("cupel-failed")) == (
        502,
        f"api.example:{port} does not accept connections",
    )
    assert (unknown.status, unknown.header("cupel-failed")) == (502, "nowhere.example has no address")
