"""AWS Signature Version 4 of a request whose parameters are in its body. Pure. Who signs: `aws_identity`."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import reduce
from math import inf

from yarl import URL

ALGORITHM = "AWS4-HMAC-SHA256"


@dataclass(frozen=True)
class Credentials:
    """What a request is signed with. Nothing but the key's identifier is ever shown."""

    key_id: str
    secret: str = field(repr=False)
    token: str = field(default="", repr=False)
    expires: float = inf
    """When they are worth nothing any more, in Unix time."""


@dataclass(frozen=True)
class Scope:
    """What a signature is for, and nothing else."""

    region: str
    service: str


def signed(
    url: str, body: bytes, headers: Mapping[str, str], who: Credentials, scope: Scope, now: float
) -> dict[str, str]:
    """`headers`, and those that make a POST without a query the request of `who` at `now`, in Unix time."""
    at = datetime.fromtimestamp(now, UTC)
    stamp, place = f"{at:%Y%m%dT%H%M%SZ}", URL(url)
    every = {**headers, "Host": place.host_port_subcomponent or "", "X-Amz-Date": stamp}
    if who.token:
        every["X-Amz-Security-Token"] = who.token
    lines = sorted((name.lower(), " ".join(value.split())) for name, value in every.items())
    names = ";".join(name for name, _ in lines)
    heads = "".join(f"{name}:{value}\n" for name, value in lines)
    asked = "\n".join(("POST", place.raw_path or "/", "", heads, names, hashlib.sha256(body).hexdigest()))
    area = (f"{at:%Y%m%d}", scope.region, scope.service, "aws4_request")
    text = "\n".join((ALGORITHM, stamp, "/".join(area), hashlib.sha256(asked.encode()).hexdigest()))
    signature = _hmac(reduce(_hmac, area, f"AWS4{who.secret}".encode()), text).hex()
    credential = f"Credential={who.key_id}/{'/'.join(area)}"
    said = f"{ALGORITHM} {credential}, SignedHeaders={names}, Signature={signature}"
    return {**every, "Authorization": said}


def _hmac(key: bytes, text: str) -> bytes:
    return hmac.digest(key, text.encode(), "sha256")
