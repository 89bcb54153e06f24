"""One answer of AWS, bounded, and what its refusals mean: for whom to wait, and who must change what."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime

import aiohttp

from .fetching import HEADERS, Limits, TooMuch, Unreadable, bounded

SKEW_SECONDS = 240.0
"""AWS takes no signature that is more than five minutes off."""
DENIED = frozenset({"AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "NotAuthorized"})
THROTTLED = frozenset(
    {"Throttling", "ThrottlingException", "ThrottledException", "RequestLimitExceeded", "RequestThrottled",
     "TooManyRequestsException", "LimitExceededException", "LimitExceeded"}
)  # fmt: skip
UNKNOWN_IDENTITY = frozenset(
    {"ExpiredToken", "ExpiredTokenException", "InvalidClientTokenId", "UnrecognizedClientException",
     "InvalidAccessKeyId", "OptInRequired", "MissingAuthenticationToken"}
)  # fmt: skip
BADLY_SIGNED = frozenset(
    {"SignatureDoesNotMatch", "InvalidSignatureException", "RequestExpired", "RequestTimeTooSkewed",
     "IncompleteSignature"}
)  # fmt: skip


class Denied(Unreadable):
    """A person must give the identity something."""


class Throttled(Unreadable):
    """It was asked too often."""


class Unidentified(Unreadable):
    """It does not know the identity: other credentials may be known."""


class Misunderstood(Unreadable):
    """Something that was asked is wrong; it does not say reliably what."""


@dataclass(frozen=True)
class Answer:
    """What came back, whatever its status is."""

    status: int
    body: bytes
    error: str
    """AWS' word for what is wrong; empty for 200."""
    date: str = ""
    """By its clock."""


async def answered(
    http: aiohttp.ClientSession,
    url: str,
    limits: Limits,
    body: bytes | None = None,
    headers: Mapping[str, str] | None = None,
) -> Answer:
    """The answer; with `body` to a POST. Raises Unreadable where there is none."""
    method, timeout = ("GET" if body is None else "POST"), aiohttp.ClientTimeout(total=limits.seconds)
    asked = {**HEADERS, "Accept": "*/*", **(headers or {})}
    try:
        async with http.request(
            method, url, data=body, headers=asked, timeout=timeout, allow_redirects=False
        ) as answer:
            text = await bounded(answer, limits.size)
            error = "" if answer.status == 200 else _error(answer.headers, text)
            return Answer(answer.status, text, error, answer.headers.get("Date", ""))
    except TimeoutError:
        raise TooMuch(f"it did not answer within {limits.seconds:g} s") from None
    except aiohttp.ClientConnectorDNSError:
        raise Unreadable("its name is not known: is the region right, and has DNS an answer?") from None
    except (aiohttp.ClientError, OSError, ValueError) as error:
        raise Unreadable(f"it cannot be reached: {type(error).__name__}") from None


def _error(headers: Mapping[str, str], body: bytes) -> str:
    """AWS' word, out of the header of a service that once spoke the Query protocol, or of the JSON body."""
    told = headers.get("x-amzn-query-error", "").partition(";")[0] or headers.get("x-amzn-ErrorType", "")
    if not told:
        try:
            said = json.loads(body)
            told = str(said.get("__type") or said.get("code") or "") if isinstance(said, dict) else ""
        except (ValueError, RecursionError):
            told = ""
    word = told.partition(":")[0].rpartition("#")[2]
    return word if word.isalnum() and len(word) < 64 else "none"


def judged(answer: Answer, now: float) -> bytes:
    """The body of a 200 answer. Raises Denied, Throttled, Unidentified, Misunderstood, else Unreadable."""
    if answer.status == 200:
        return answer.body
    if answer.error in THROTTLED or answer.status == 429:
        raise Throttled("it was asked more often than the account's quota allows; it is asked less often now")
    if answer.status >= 500:
        raise Unreadable(f"it answered with status {answer.status}")
    if answer.error in DENIED:
        raise Denied("the autopilot's role may not: allow it `cloudwatch:GetMetricData`")
    if answer.error in UNKNOWN_IDENTITY:
        text = (
            "it does not know the autopilot's credentials: is the region enabled in the account of its role?"
        )
        raise Unidentified(f"{text} ({answer.error})")
    if answer.error in BADLY_SIGNED:
        raise Unidentified(_signature(answer.date, now))
    if answer.status == 400:
        raise Misunderstood(f"it does not understand the query ({answer.error})")
    raise Unreadable(f"it answered with status {answer.status} ({answer.error})")


def _signature(date: str, now: float) -> str:
    try:
        off = now - parsedate_to_datetime(date).timestamp()
    except (TypeError, ValueError):
        off = 0.0
    if abs(off) > SKEW_SECONDS:
        return f"the clock of the autopilot's node is {off:+.0f} s off AWS': set it by NTP"
    return "it takes no signature of the autopilot: are its credentials whole?"
