"""Which policies may read what of CloudWatch: the platform team's word, for the one identity of the autopilot
reads for every namespace.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from .environment import Environment, SettingError

ALLOWED = "CUPEL_AUTOPILOT_CLOUDWATCH_ALLOWED"
URLS = ("AWS_ENDPOINT_URL_CLOUDWATCH", "AWS_ENDPOINT_URL_STS")
EVERY = "*"
RULE = re.compile(
    r"^(?P<space>\*|[a-z0-9]([-a-z0-9]*[a-z0-9])?)=(?P<region>[a-z]{2,4}(-[a-z]+){1,3}-[0-9]{1,2})/"
    r"(?P<metrics>\*|[A-Za-z0-9._/#-][A-Za-z0-9._/#: -]*)$"
)
SAFE = re.compile(r"^(https://|http://(127\.0\.0\.1|localhost|\[::1\])[:/])")


@dataclass(frozen=True)
class Grant:
    """Policies of a Kubernetes namespace may read a namespace of CloudWatch in a region."""

    space: str
    region: str
    metrics: str

    def covers(self, space: str, region: str, metrics: str) -> bool:
        return self.space in (EVERY, space) and self.region == region and self.metrics in (EVERY, metrics)


@dataclass(frozen=True)
class Grants:
    """All of them; none: CloudWatch is not read."""

    each: tuple[Grant, ...] = ()

    def cover(self, space: str, region: str, metrics: str) -> bool:
        return any(one.covers(space, region, metrics) for one in self.each)


def grants(env: Environment) -> Grants:
    """Raises SettingError."""
    for name in URLS:
        _keeps_a_secret(env, name)
    parts = env.values.get(ALLOWED, "").split(",")
    return Grants(tuple(_grant(part.strip()) for part in parts if part.strip()))


def _grant(text: str) -> Grant:
    found = RULE.match(text)
    if not found:
        raise SettingError(
            f"{ALLOWED} must be NAMESPACE=REGION/CLOUDWATCH_NAMESPACE, separated by commas, where * is every "
            f"Kubernetes namespace or all of CloudWatch, as in shop=eu-west-1/AWS/SQS, not '{text}'"
        )
    return Grant(found["space"], found["region"], found["metrics"])


def _keeps_a_secret(env: Environment, name: str) -> None:
    """What goes there carries a token: of the session, or of the service account."""
    url = env.values.get(name, "").strip()
    if url and not SAFE.match(url):
        raise SettingError(f"{name} must begin with https://")
