"""Who the autopilot is at AWS: a role by IRSA or EKS Pod Identity, or keys of the environment.

Nothing of it is ever in a custom resource. A node's role is not ours: its metadata service is not asked.
"""

from __future__ import annotations

import asyncio
import ipaddress
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from urllib.parse import urlencode

import aiohttp
from yarl import URL

from .aws_calling import Answer, Denied, Unidentified, answered
from .aws_signing import Credentials
from .fetching import FORM, Limits, Unreadable

EARLY_SECONDS = 600.0
"""Before they end, others are asked for; until they have ended the old ones are good."""
AGENTS = frozenset({"169.254.170.2", "169.254.170.23", "fd00:ec2::23"})
"""Of ECS and of EKS Pod Identity: what may be asked for credentials in plain HTTP, beside this machine."""
AGENT = "the agent of EKS Pod Identity"
NOBODY = (
    "the autopilot has no AWS credentials: give its service account a role, by EKS Pod Identity or IRSA; "
    "see docs/autopilot.md"
)
DOMAINS = {"cn": "amazonaws.com.cn", "eusc": "amazonaws.eu"}
"""Of partitions that have one of their own."""


def endpoint(service: str, region: str) -> str:
    """Where a service is in a region, when nothing else is said."""
    return f"https://{service}.{region}.{DOMAINS.get(region.partition('-')[0], 'amazonaws.com')}/"


@dataclass(frozen=True)
class Identity:
    """What the environment says of it: the variables that AWS' own libraries read, and EKS sets."""

    region: str = ""
    role: str = ""
    role_token_file: str = ""
    session: str = "cupel-autopilot"
    container: str = ""
    container_token_file: str = ""
    sts: str = ""
    """Empty: STS of the region."""
    keys: Credentials | None = field(default=None, repr=False)

    @classmethod
    def of(cls, values: Mapping[str, str]) -> Identity:
        key, secret = values.get("AWS_ACCESS_KEY_ID", ""), values.get("AWS_SECRET_ACCESS_KEY", "")
        keys = Credentials(key, secret, values.get("AWS_SESSION_TOKEN", ""))
        return cls(
            region=values.get("AWS_REGION", "") or values.get("AWS_DEFAULT_REGION", ""),
            role=values.get("AWS_ROLE_ARN", ""),
            role_token_file=values.get("AWS_WEB_IDENTITY_TOKEN_FILE", ""),
            session=values.get("AWS_ROLE_SESSION_NAME", "") or "cupel-autopilot",
            container=values.get("AWS_CONTAINER_CREDENTIALS_FULL_URI", ""),
            container_token_file=values.get("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", ""),
            sts=values.get("AWS_ENDPOINT_URL_STS", ""),
            keys=keys if key and secret else None,
        )


class Wallet:
    """The credentials in force, renewed before they end. Keys go before a role, IRSA before Pod Identity, as
    with AWS' own libraries.
    """

    def __init__(self, http: aiohttp.ClientSession, identity: Identity, limits: Limits) -> None:
        self._http = http
        self._identity = identity
        self._limits = limits
        self._held: Credentials | None = None
        self._turn = asyncio.Lock()

    def forget(self) -> None:
        """They were refused: the next are asked for anew."""
        self._held = None

    async def credentials(self, region: str, now: float) -> Credentials:
        """Raises Unreadable, in words that hold nothing of them."""
        async with self._turn:
            held = self._held
            if held is not None and held.expires - now > EARLY_SECONDS:
                return held
            try:
                held = self._held = await self._fresh(region)
            except Unreadable:
                if held is None or held.expires <= now:
                    raise
            return held

    async def _fresh(self, region: str) -> Credentials:
        identity = self._identity
        if identity.keys is not None:
            return identity.keys
        if identity.role and identity.role_token_file:
            return await self._by_role(identity.region or region)
        if identity.container:
            return await self._by_agent()
        raise Denied(NOBODY)

    async def _by_role(self, region: str) -> Credentials:
        """IRSA: STS takes the service account's token for credentials of the role."""
        asked = {
            "Action": "AssumeRoleWithWebIdentity",
            "Version": "2011-06-15",
            "RoleArn": self._identity.role,
            "RoleSessionName": self._identity.session,
            "WebIdentityToken": _text_of(self._identity.role_token_file),
        }
        url = self._identity.sts or endpoint("sts", region)
        answer = await self._answered("STS", url, urlencode(asked).encode(), FORM)
        if answer.status != 200:
            wrong = _tag(answer.body, "Code")
            text = f"STS gives no credentials of the role ({wrong or answer.status})"
            raise Unidentified(f"{text}: does it trust this service account?")
        names = ("AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration")
        return _credentials("STS", *(_tag(answer.body, name) for name in names))

    async def _by_agent(self) -> Credentials:
        """EKS Pod Identity: an agent on the node answers the service account's token with credentials."""
        url, token = self._identity.container, self._identity.container_token_file
        if not _may_be_asked(url):
            raise Denied("AWS_CONTAINER_CREDENTIALS_FULL_URI must be https, or name the agent of the node")
        headers = {"Authorization": _text_of(token)} if token else {}
        answer = await self._answered(AGENT, url, None, headers)
        if answer.status != 200:
            text = f"{AGENT} answers with status {answer.status}"
            raise Unidentified(f"{text}: has the service account an association with a role?")
        try:
            said = json.loads(answer.body)
            found = [str(said[name]) for name in ("AccessKeyId", "SecretAccessKey", "Token", "Expiration")]
        except (ValueError, KeyError, TypeError, RecursionError):
            raise Unreadable(f"{AGENT} answers with no credentials") from None
        return _credentials(AGENT, *found)

    async def _answered(self, who: str, url: str, body: bytes | None, headers: Mapping[str, str]) -> Answer:
        try:
            return await answered(self._http, url, self._limits, body, headers)
        except Unreadable as unreadable:
            raise Unreadable(f"{who}, asked for credentials: {unreadable}") from None


def _may_be_asked(url: str) -> bool:
    """What gets the token: another place may be somebody else's."""
    try:
        place = URL(url)
        local = place.host in AGENTS or ipaddress.ip_address(place.host or "").is_loopback
    except ValueError:
        return url.startswith("https://")
    return place.scheme == "https" or (place.scheme == "http" and local)


def _credentials(source: str, key: str, secret: str, token: str, expires: str) -> Credentials:
    try:
        until = datetime.fromisoformat(expires.replace("Z", "+00:00")).timestamp()
    except ValueError:
        until = 0.0
    if not (key and secret and token and until):
        raise Unreadable(f"{source} answers with no credentials") from None
    return Credentials(key, secret, token, until)


def _tag(body: bytes, name: str) -> str:
    """What is in an element of STS' flat answer; none of these texts can hold what XML would escape."""
    found = re.search(rf"<{name}>\s*([A-Za-z0-9+/=:.\-]+)\s*</{name}>".encode(), body)
    return found[1].decode() if found else ""


def _text_of(file: str) -> str:
    """Read anew each time: tokens are rotated."""
    try:
        return Path(file).read_text("utf-8").strip()
    except (OSError, ValueError):
        raise Denied("the file of the service account's AWS token cannot be read") from None
