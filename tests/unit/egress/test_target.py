"""URLs and authorities: what has one reading, and what has two."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cupel.egress.outcome import Refusal
from cupel.egress.target import PORTS, Target, Url, target, url

LONGEST = ".".join(["a" * 63] * 3) + "." + "a" * 61

# fmt: off
READ = [
    ("http://a.example/x?y=1",        Url("http", Target("a.example", 80), "/x?y=1")),
    ("https://a.example",             Url("https", Target("a.example", 443), "/")),
    ("https://a.example?y",           Url("https", Target("a.example", 443), "/?y")),
    ("HTTPS://A.Example:8443/B",      Url("https", Target("a.example", 8443), "/B")),
    ("http://xn--bcher-kva.example/", Url("http", Target("xn--bcher-kva.example", 80), "/")),
    ("http://a-1.example/@x:y",       Url("http", Target("a-1.example", 80), "/@x:y")),
    ("http://8.8.8.8/",               Url("http", Target("8.8.8.8", 80, literal=True), "/")),
    ("http://1.example/",             Url("http", Target("1.example", 80), "/")),
    (f"http://{LONGEST}/",            Url("http", Target(LONGEST, 80), "/")),
]
REFUSED = [
    "", "/", "a.example", "a.example:80", "//a.example/", "http:/a.example/", "http:a.example", "file:///etc/passwd", "http://", "http:///x",
    "http://a.example:/", "http://a.example:0/", "http://a.example:080/", "http://a.example:65536/", "http://a.example:8 0/", "http://a.example:+80/",
    "http://a.example:80:80/", "http://u@a.example/", "http://u:p@a.example/", "http://@a.example/", "http://a.example@b.example/",
    "http://a.example#f", "http://a.example/#f", "http://a.example/\\b", "http://a.example\\@b.example/", "http://a.example/\t", "http://a.example/ b",
    "http://a.example/\x7f", "http://a.example/é", "http://büch.example/", "http://a.example./", "http://.a.example/", "http://a..example/",
    "http://-a.example/", "http://a-.example/", "http://a_b.example/", "http://a%2eexample/", "http://a.example%00.b/", f"http://{'a' * 64}.example/",
    f"http://{LONGEST}a/", "http://[::1]/", "http://[::ffff:1.2.3.4]/", "http://[fe80::1%25eth0]/", "http://[1.2.3.4]/", "http://::1/",
    "http://1/", "http://127.1/", "http://127.0.1/", "http://2130706433/", "http://0x7f000001/", "http://0x7f.1/", "http://0177.0.0.1/", "http://127.0.0.01/",
    "http://127.0.0.256/", "http://1.2.3.4.5/", "http://a.example.1/", "http://a.0x1/", "http://0x/", "http://127.0.0.1./", "http://" + "a" * 9000,
]
# fmt: on


@pytest.mark.parametrize(("text", "expected"), READ)
def test_a_url_that_has_one_reading(text: str, expected: Url) -> None:
    assert url(text) == expected


@pytest.mark.parametrize("text", REFUSED)
def test_a_url_that_is_refused(text: str) -> None:
    with pytest.raises(Refusal):
        url(text)


@given(
    st.text(alphabet="hHtTpPsS:/@?#[]%.\\\t0123456789abxX-_é", max_size=40),
    st.sampled_from(["http://", "https://", ""]),
)
def test_what_is_read_is_read_alike_by_the_launcher(text: str, scheme: str) -> None:
    """Its own check goes by Python's urlsplit: no URL may have one host there and another here."""
    try:
        found = url(scheme + text)
    except Refusal:
        return
    theirs = urlsplit(scheme + text)

    assert (found.scheme, found.target.host) == (theirs.scheme, theirs.hostname)
    assert found.target.port == (theirs.port or PORTS[theirs.scheme])


def test_a_target_is_written_as_approvals_write_it() -> None:
    assert str(target("A.example:443")) == "a.example:443"


def test_a_tunnels_target_names_its_port() -> None:
    with pytest.raises(Refusal, match="host and port"):
        target("a.example")
