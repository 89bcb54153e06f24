"""Hosts, ports and URLs by one strict parser: whatever has two readings is refused. Pure."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass

from .outcome import Refusal

PORTS = {"http": 80, "https": 443}
MOST_URL = 8192
URL = re.compile(r"(https?)://([^/?#]*)([/?][^#]*)?", re.IGNORECASE)
LABEL = r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?"
NAME = re.compile(rf"({LABEL}\.)*{LABEL}")
NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
"""A last label that some resolvers read as part of an IPv4 address (WHATWG URL, "ends in a number")."""
PORT = re.compile(r"[1-9][0-9]{0,4}")


@dataclass(frozen=True)
class Target:
    """One host and port, as an approval writes them."""

    host: str
    """A lower-case DNS name of A-labels, or an IPv4 address as dotted decimals."""
    port: int
    literal: bool = False
    """Whether the host is an address."""

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


@dataclass(frozen=True)
class Url:
    """An absolute http or https URL: where to go, and what to ask for there."""

    scheme: str
    target: Target
    path: str
    """Path and query, as they were written."""


def url(text: str) -> Url:
    """Read an absolute-form request target. Raises Refusal."""
    if len(text) > MOST_URL:
        raise _malformed(f"the URL is longer than {MOST_URL} characters")
    if not all("!" <= character <= "~" for character in text) or "\\" in text:
        raise _malformed("the URL holds a character that must be percent-encoded")
    if "#" in text:
        raise _malformed("a URL with a fragment is not sent")
    match = URL.fullmatch(text)
    if match is None:
        raise _malformed("the request must name an absolute http or https URL, or be a CONNECT")
    scheme, path = match[1].lower(), match[3] or "/"
    return Url(scheme, target(match[2], PORTS[scheme]), path if path.startswith("/") else f"/{path}")


def target(authority: str, default_port: int | None = None) -> Target:
    """Read `host` or `host:port`. Raises Refusal."""
    if "@" in authority:
        raise _malformed("a user name in the URL is refused; credentials are added by name")
    if authority.startswith("["):
        raise _of_host("IPv6 addresses are refused; ask for a name")
    host, colon, port = authority.partition(":")
    return _host(host.lower(), _port(port) if colon else _needed(default_port))


def _port(text: str) -> int:
    if not PORT.fullmatch(text) or int(text) > 65_535:
        raise _malformed("the port must be a number from 1 to 65535")
    return int(text)


def _needed(default_port: int | None) -> int:
    if default_port is None:
        raise _malformed("the request must name host and port")
    return default_port


def _host(host: str, port: int) -> Target:
    if len(host) > 253 or not NAME.fullmatch(host):
        raise _of_host("the host must be a DNS name in its ASCII form, without a trailing dot")
    if NUMBER.fullmatch(host.rpartition(".")[2]):
        return Target(_address(host), port, literal=True)
    return Target(host, port)


def _address(host: str) -> str:
    """Dotted decimals without leading zeros; other spellings of an address are refused."""
    try:
        return str(ipaddress.IPv4Address(host))
    except ValueError:
        raise _of_host("the host is an address in a spelling that is refused; ask for a name") from None


def _malformed(message: str) -> Refusal:
    return Refusal("malformed", message)


def _of_host(message: str) -> Refusal:
    return Refusal("target", message)
