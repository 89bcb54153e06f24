"""The notifier's settings. Every one is an environment variable; docs/notifications.md lists them."""

from __future__ import annotations

import re
import socket
from collections.abc import Mapping
from dataclasses import dataclass, field

from .environment import Environment, SettingError

NAMESPACE = re.compile(r"^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$")
CLUSTER = re.compile(r"^[A-Za-z0-9]([A-Za-z0-9 ._-]{0,38}[A-Za-z0-9])?$")


@dataclass(frozen=True)
class Pace:
    """How fast messages go out, and how long it is tried, in seconds."""

    batch: float
    """How long news waits for more, to go out in one message."""
    interval: float
    """The least time between two messages of a channel."""
    send: float
    """After this long a channel that did not answer counts as failed."""
    lease: float
    """How long a channel belongs to the process that claimed it."""
    retry: float
    """Before the second try; doubled before each further one, up to `longest_retry`."""
    longest_retry: float
    give_up: float
    """How old a letter may be and still be tried again."""


@dataclass(frozen=True)
class NotifySettings:
    """All that one notifier process may be told."""

    routes_file: str
    store_url: str = field(repr=False)  # it may hold a password
    namespaces: tuple[str, ...]
    """Where to look; everywhere when empty."""
    cluster: str
    """Stands in titles, for people with more than one cluster."""
    identity: str
    pace: Pace
    keep_seconds: float
    """How long what was sent, and marks of objects that are gone, are kept."""
    host: str
    port: int
    log_format: str
    log_level: str


def notify_settings(values: Mapping[str, str]) -> NotifySettings:
    """Settings from environment variables. Raises SettingError."""
    env = Environment(values)
    return NotifySettings(
        routes_file=env.text("CUPEL_NOTIFY_ROUTES_FILE", "/etc/cupel/notifications/routes.yaml"),
        store_url=env.text("CUPEL_STORE_URL", "sqlite:////var/lib/cupel/notices.db"),
        namespaces=_namespaces(values),
        cluster=_cluster(values),
        identity=env.text("CUPEL_IDENTITY", socket.gethostname())[:40],
        pace=_pace(env),
        keep_seconds=env.number("CUPEL_NOTIFY_KEEP_SECONDS", 604_800, 3600, 31_536_000),
        host=env.text("CUPEL_HTTP_HOST", "0.0.0.0"),  # noqa: S104  probes and scrapes come from other hosts
        port=env.whole("CUPEL_HTTP_PORT", 8081, 0, 65_535),
        log_format=env.choice("CUPEL_LOG_FORMAT", "json", "json", "text"),
        log_level=env.choice("CUPEL_LOG_LEVEL", "INFO", "DEBUG", "INFO", "WARNING", "ERROR"),
    )


def _pace(env: Environment) -> Pace:
    pace = Pace(
        batch=env.number("CUPEL_NOTIFY_BATCH_SECONDS", 3, 0, 300),
        interval=env.number("CUPEL_NOTIFY_INTERVAL_SECONDS", 10, 0, 3600),
        send=env.number("CUPEL_NOTIFY_SEND_SECONDS", 10, 0.5, 60),
        lease=env.number("CUPEL_NOTIFY_LEASE_SECONDS", 30, 1, 600),
        retry=env.number("CUPEL_NOTIFY_RETRY_SECONDS", 5, 0.1, 3600),
        longest_retry=env.number("CUPEL_NOTIFY_LONGEST_RETRY_SECONDS", 900, 0.1, 86_400),
        give_up=env.number("CUPEL_NOTIFY_GIVE_UP_SECONDS", 86_400, 1, 2_592_000),
    )
    if not 2 * pace.send <= pace.lease:
        raise SettingError(
            "CUPEL_NOTIFY_LEASE_SECONDS must be at least twice CUPEL_NOTIFY_SEND_SECONDS: "
            "otherwise a second process would send what the first is still sending"
        )
    if not pace.retry <= pace.longest_retry:
        raise SettingError(
            "CUPEL_NOTIFY_LONGEST_RETRY_SECONDS must not be less than CUPEL_NOTIFY_RETRY_SECONDS"
        )
    return pace


def _namespaces(values: Mapping[str, str]) -> tuple[str, ...]:
    found = values.get("CUPEL_NOTIFY_NAMESPACES", "").split(",")
    names = tuple(dict.fromkeys(name.strip() for name in found if name.strip()))
    for name in names:
        if not NAMESPACE.match(name):
            raise SettingError(
                f"CUPEL_NOTIFY_NAMESPACES must be names of namespaces separated by commas, not '{name}'"
            )
    return names


def _cluster(values: Mapping[str, str]) -> str:
    cluster = values.get("CUPEL_NOTIFY_CLUSTER", "").strip()
    if cluster and not CLUSTER.match(cluster):
        raise SettingError(
            "CUPEL_NOTIFY_CLUSTER must be at most 40 letters, digits, spaces, dots, hyphens and underscores, "
            f"not '{cluster}'"
        )
    return cluster
