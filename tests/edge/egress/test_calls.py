"""What a tool gets through the proxy: the approved pairs and nothing else, whatever the spelling."""

from __future__ import annotations

import pytest

from .conftest import Stage
from .targets import plain, raw, serving


async def test_an_approved_pair_is_called_and_answered(stage: Stage) -> None:
    async with serving(plain(b"hello", "201 Created", "X-Kind: word")) as target:
        stage.names.says("api.example", ["127.0.0.1"])
        stage.approve(f"api.example:{target.port}")

        reply = await stage.tool().get(f"http://api.example:{target.port}/v1/x?q=1", "X-Mine: yes")

        assert (reply.status, reply.body, reply.header("x-kind")) == (201, b"hello", "word")
        assert target.last.startswith(b"GET /v1/x?q=1 HTTP/1.1\r\n")
        assert f"Host: api.example:{target.port}".encode() in target.last
        assert b"X-Mine: yes" in target.last
        assert stage.counted("2xx") == 1


async def test_a_body_is_carried_both_ways(stage: Stage) -> None:
    async with serving(plain(b"x" * 300_000)) as target:
        stage.names.says("api.example", ["127.0.0.1"])
        stage.approve(f"api.example:{target.port}")
        authority = f"api.example:{target.port}"
        head = f"POST http://{authority}/ HTTP/1.1\r\nHost: {authority}\r\n"

        sized = await stage.tool().send(head.encode() + b"Content-Length: 4\r\n\r\nbody")
        chunked = await stage.tool().send(
            head.encode() + b"Transfer-Encoding: chunked\r\n\r\n2\r\nbo\r\n2\r\ndy\r\n0\r\n\r\n"
        )

        assert (len(sized.body), len(chunked.body)) == (300_000, 300_000)
        assert all(request.endswith(b"\r\n\r\nbody") for request in target.requests)
        assert all(b"Content-Length: 4\r\n" in request for request in target.requests)


# fmt: off
REFUSED = [
    # id,                      URL ({p}: the approved port),           words of the refusal
    ("other-port",            "http://api.example:{q}/",               "api.example:{q} was not approved"),
    ("port-too-high",         "http://api.example:65536/",             "the port must be a number from 1 to 65535"),
    ("default-port",          "http://api.example/",                   "api.example:80 was not approved"),
    ("other-host",            "http://evil.example:{p}/",              "evil.example:{p} was not approved"),
    ("subdomain",             "http://x.api.example:{p}/",             "was not approved"),
    ("https-of-another-port", "https://api.example/",                  "api.example:443 was not approved"),
    ("ip-literal",            "http://127.0.0.1:{p}/",                 "127.0.0.1:{p} was not approved"),
    ("ipv6",                  "http://[::1]:{p}/",                     "IPv6 addresses are refused"),
    ("ipv4-mapped",           "http://[::ffff:127.0.0.1]:{p}/",        "IPv6 addresses are refused"),
    ("decimal",               "http://2130706433:{p}/",                "a spelling that is refused"),
    ("hexadecimal",           "http://0x7f000001:{p}/",                "a spelling that is refused"),
    ("dotted-hexadecimal",    "http://0x7f.0.0.0x1:{p}/",              "a spelling that is refused"),
    ("octal",                 "http://0177.0.0.1:{p}/",                "a spelling that is refused"),
    ("short-ipv4",            "http://127.1:{p}/",                     "a spelling that is refused"),
    ("trailing-dot",          "http://api.example.:{p}/",              "without a trailing dot"),
    ("user-info",             "http://api.example:{p}@evil.example/",  "a user name in the URL is refused"),
    ("fragment",              "http://api.example:{p}/#x",             "a fragment is not sent"),
    ("backslash",             "http://api.example:{p}\\@evil.example/", "must be percent-encoded"),
    ("percent-in-host",       "http://api%2eexample:{p}/",             "the host must be a DNS name"),
    ("not-ascii",             "http://äpi.example:{p}/",               "`METHOD target HTTP/1.1`"),
    ("empty-port",            "http://api.example:/",                  "the port must be a number"),
    ("leading-zero-port",     "http://api.example:0{p}/",              "the port must be a number"),
    ("another-scheme",        "ftp://api.example:{p}/",                "absolute http or https URL"),
    ("origin-form",           "/v1/x",                                 "absolute http or https URL"),
]
# fmt: on


@pytest.mark.parametrize(("url", "words"), [r[1:] for r in REFUSED], ids=[r[0] for r in REFUSED])
async def test_what_was_not_approved_is_refused(stage: Stage, url: str, words: str) -> None:
    async with serving(plain()) as target:
        for host in ("api.example", "evil.example", "x.api.example"):
            stage.names.says(host, ["127.0.0.1"])
        stage.approve(f"api.example:{target.port}")

        ports = {"p": target.port, "q": target.port - 1}
        reply = await stage.tool().get(url.format(**ports), host=f"api.example:{target.port}")
        named = await stage.tool().get(url.format(**ports))

        assert (reply.status, named.status) == (403, 403)
        assert words.format(**ports) in named.refused or words.format(**ports) in reply.refused
        assert (target.connections, stage.names.asked) == (0, [])


async def test_an_upper_case_host_is_the_same_host(stage: Stage) -> None:
    async with serving(plain()) as target:
        stage.names.says("api.example", ["127.0.0.1"])
        stage.approve(f"api.example:{target.port}")

        assert (await stage.tool().get(f"HTTP://API.Example:{target.port}/")).status == 200
        assert f"Host: api.example:{target.port}".encode() in target.last


async def test_an_address_that_was_approved_as_it_is_written_may_be_called(stage: Stage) -> None:
    async with serving(plain()) as target:
        stage.approve(f"127.0.0.1:{target.port}")

        assert (await stage.tool().get(f"http://127.0.0.1:{target.port}/")).status == 200
        assert stage.names.asked == []


# fmt: off
ADDRESSES = [
    ("private",              ["10.0.0.1"]),
    ("private-172",          ["172.16.5.5"]),
    ("private-192",          ["192.168.1.1"]),
    ("loopback",             ["127.0.0.2"]),
    ("loopback-ipv6",        ["::1"]),
    ("link-local",           ["169.254.1.1"]),
    ("link-local-ipv6",      ["fe80::1"]),
    ("zoned",                ["fe80::1%1"]),
    ("metadata",             ["169.254.169.254"]),
    ("metadata-ipv6",        ["fd00:ec2::254"]),
    ("carrier-grade-nat",    ["100.64.0.1"]),
    ("unspecified",          ["0.0.0.0"]),
    ("unspecified-ipv6",     ["::"]),
    ("multicast",            ["224.0.0.1"]),
    ("multicast-ipv6",       ["ff02::1"]),
    ("broadcast",            ["255.255.255.255"]),
    ("reserved",             ["240.0.0.1"]),
    ("documentation",        ["192.0.2.1"]),
    ("unique-local",         ["fc00::1"]),
    ("site-local",           ["fec0::1"]),
    ("ipv4-mapped",          ["::ffff:10.0.0.1"]),
    ("ipv4-compatible",      ["::10.0.0.1"]),
    ("nat64-of-private",     ["64:ff9b::a00:1"]),
    ("6to4-of-private",      ["2002:a00:1::1"]),
    ("teredo",               ["2001:0:1::1"]),
    ("cluster-network",      ["93.184.216.34"]),
    ("one-of-several",       ["8.8.8.8", "10.0.0.1"]),
]
# fmt: on


@pytest.mark.parametrize("answers", [a[1] for a in ADDRESSES], ids=[a[0] for a in ADDRESSES])
async def test_names_that_lead_inside_are_refused(stage: Stage, answers: list[str]) -> None:
    stage.names.says("api.example", answers)
    stage.approve("api.example:80")

    reply = await stage.tool().get("http://api.example/")

    assert (reply.status, stage.counted("address")) == (403, 1)
    assert "api.example leads to" in reply.refused


@pytest.mark.parametrize(
    ("changes", "host", "answer"),
    [
        ({"CUPEL_EGRESS_ALLOW_NETWORKS": "127.0.0.0/8"}, "x.example", "127.0.0.1"),
        ({"CUPEL_EGRESS_ALLOW_NETWORKS": "10.0.0.0/8, inside.example"}, "inside.example", "127.0.0.1"),
    ],
    indirect=["changes"],
    ids=["network", "name"],
)
async def test_what_the_settings_list_may_be_inside(stage: Stage, host: str, answer: str) -> None:
    async with serving(plain()) as target:
        stage.names.says(host, [answer])
        stage.approve(f"{host}:{target.port}")

        assert (await stage.tool().get(f"http://{host}:{target.port}/")).status == 200


@pytest.mark.parametrize("changes", [{"CUPEL_EGRESS_ALLOW_NETWORKS": "169.254.0.0/16"}], indirect=True)
async def test_a_listed_network_does_not_open_the_metadata_service_in_it(stage: Stage) -> None:
    stage.names.says("api.example", ["169.254.169.254"])
    stage.approve("api.example:80")

    assert "a metadata service" in (await stage.tool().get("http://api.example/")).refused


async def test_a_name_that_answers_otherwise_the_second_time_is_asked_once(stage: Stage) -> None:
    async with serving(plain()) as target:
        stage.names.says("api.example", ["127.0.0.1"], ["169.254.169.254"])
        stage.approve(f"api.example:{target.port}")

        first = await stage.tool().get(f"http://api.example:{target.port}/")
        assert (first.status, stage.names.asked, target.connections) == (200, ["api.example"], 1)

        second = await stage.tool().get(f"http://api.example:{target.port}/")
        assert (second.status, target.connections) == (403, 1)
        assert "metadata" in second.refused


async def test_a_redirect_is_handed_over_and_its_target_judged_anew(stage: Stage) -> None:
    place = "http://169.254.169.254/latest/meta-data/"
    async with serving(plain(b"", "302 Found", f"Location: {place}")) as target:
        stage.names.says("api.example", ["127.0.0.1"])
        stage.approve(f"api.example:{target.port}")

        reply = await stage.tool().get(f"http://api.example:{target.port}/")
        assert (reply.status, reply.header("location"), target.connections) == (302, place, 1)

        followed = await stage.tool().get(reply.header("location"))
        assert (followed.status, followed.header("cupel-refused")) == (
            403,
            f"169.254.169.254:80 was not approved for this tool; approved: api.example:{target.port}",
        )


@pytest.mark.parametrize(
    ("sent", "got"),
    [
        ("https://user:word@other.example/x", "https://other.example/x"),
        ("//user@other.example/x?a@b", "//other.example/x?a@b"),
        ("/x?mail=a@b.example", "/x?mail=a@b.example"),
    ],
)
async def test_a_place_to_go_next_carries_no_password(stage: Stage, sent: str, got: str) -> None:
    async with serving(plain(b"", "301 Moved Permanently", f"Location: {sent}")) as target:
        stage.names.says("api.example", ["127.0.0.1"])
        stage.approve(f"api.example:{target.port}")

        assert (await stage.tool().get(f"http://api.example:{target.port}/")).header("location") == got


async def test_fields_of_one_hop_and_ours_do_not_pass(stage: Stage) -> None:
    theirs = (
        "Connection: X-Hop", "X-Hop: 1", "Keep-Alive: timeout=5", "Proxy-Authenticate: Basic", "Upgrade: h2c",
        "cupel-refused: forged", "Cupel-Failed: forged", "X-End: stays",
    )  # fmt: skip
    async with serving(plain(b"", "403 Forbidden", *theirs)) as target:
        stage.names.says("api.example", ["127.0.0.1"])
        stage.approve(f"api.example:{target.port}")

        reply = await stage.tool().get(
            f"http://api.example:{target.port}/", "Connection: close, X-Mine", "X-Mine: 1", "X-End: stays",
            "Proxy-Authorization: Basic x", "TE: trailers", "Proxy-Connection: close",
        )  # fmt: skip

        assert reply.status == 403
        hops = ("x-hop", "keep-alive", "proxy-authenticate", "upgrade", "cupel-refused", "cupel-failed")
        assert [reply.header(name) for name in hops] == [""] * len(hops)
        assert reply.header("x-end") == "stays"
        sent = target.last.lower()
        assert not [n for n in (b"x-mine", b"proxy-authorization", b"te:", b"proxy-connection") if n in sent]
        assert b"x-end: stays" in sent


async def test_steps_of_an_answer_before_the_last_are_left_out(stage: Stage) -> None:
    answer = (
        b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    )
    async with serving(raw(answer + b"3;x=y\r\nabc\r\n0\r\nX-Trailer: 1\r\n\r\n")) as target:
        stage.names.says("api.example", ["127.0.0.1"])
        stage.approve(f"api.example:{target.port}")

        reply = await stage.tool().get(f"http://api.example:{target.port}/")

        assert (reply.status, reply.body, reply.header("content-length")) == (200, b"abc", "3")


async def test_head_tells_the_length_and_sends_no_body(stage: Stage) -> None:
    async with serving(raw(b"HTTP/1.1 200 OK\r\nContent-Length: 70000\r\n\r\n")) as target:
        stage.names.says("api.example", ["127.0.0.1"])
        stage.approve(f"api.example:{target.port}")

        reply = await stage.tool().get(f"http://api.example:{target.port}/", method="HEAD")

        assert (reply.status, reply.header("content-length"), reply.body) == (200, "70000", b"")
