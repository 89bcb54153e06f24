"""The autopilot's settings. Every one is an environment variable; docs/autopilot.md lists them."""

from __future__ import annotations

import re
import socket
from collections.abc import Mapping
from dataclasses import dataclass

from cupel.api.names import GATEWAY_PORT, SYSTEM_NAMESPACE

from .cloudwatch import Grants, grants
from .environment import Environment, SettingError
from .lease import LeaseSettings, lease_settings

URL = re.compile(r"^https?://[A-Za-z0-9.\[\]:-]+(/[A-Za-z0-9._~/-]*)?$")


@dataclass(frozen=True)
class SightSettings:
    """How figures are read."""

    prometheus_url: str
    """Empty: there is none, and its signals are missing ones."""
    prometheus_token_file: str
    seconds: float
    """How long one look may take; what did not answer by then is a missing sample."""
    kibibytes: int
    """How large one answer may be."""
    gateway_port: int
    cloudwatch: Grants
    """What policies may read of it."""
    gateway_token_file: str
    """By which the gateway knows us; empty: it does not tell who calls a tool."""


@dataclass(frozen=True)
class AutopilotSettings:
    """All that one autopilot process may be told."""

    identity: str
    namespace: str
    """Where the switch, the Lease and the gateway are."""
    lease: LeaseSettings
    sight: SightSettings
    writes: int
    """Policies acted for at a time."""
    status_seconds: float
    """How often a status in which only figures changed is written."""
    host: str
    port: int
    log_format: str
    log_level: str


def autopilot_settings(values: Mapping[str, str]) -> AutopilotSettings:
    """Settings from environment variables. Raises SettingError."""
    env = Environment(values)
    return AutopilotSettings(
        identity=env.text("CUPEL_IDENTITY", socket.gethostname())[:40],
        namespace=env.text("CUPEL_SYSTEM_NAMESPACE", SYSTEM_NAMESPACE),
        lease=lease_settings(env, "cupel-autopilot"),
        sight=_sight(env),
        writes=env.whole("CUPEL_AUTOPILOT_WRITES", 16, 1, 256),
        status_seconds=env.number("CUPEL_AUTOPILOT_STATUS_SECONDS", 10, 0, 60),
        host=env.text("CUPEL_HTTP_HOST", "0.0.0.0"),  # noqa: S104  probes and scrapes come from other hosts
        port=env.whole("CUPEL_HTTP_PORT", 8081, 0, 65_535),
        log_format=env.choice("CUPEL_LOG_FORMAT", "json", "json", "text"),
        log_level=env.choice("CUPEL_LOG_LEVEL", "INFO", "DEBUG", "INFO", "WARNING", "ERROR"),
    )


def _sight(env: Environment) -> SightSettings:
    url = env.values.get("CUPEL_AUTOPILOT_PROMETHEUS_URL", "").strip()
    if url and not URL.match(url):
        raise SettingError(
            "CUPEL_AUTOPILOT_PROMETHEUS_URL must be an http or https URL without user, query and fragment, "
            "as in http://prometheus.monitoring:9090"  # never repeated: it may hold a password
        )
    return SightSettings(
        prometheus_url=url,
        prometheus_token_file=env.values.get("CUPEL_AUTOPILOT_PROMETHEUS_TOKEN_FILE", "").strip(),
        seconds=env.number("CUPEL_AUTOPILOT_LOOK_SECONDS", 0.8, 0.05, 30),
        kibibytes=env.whole("CUPEL_AUTOPILOT_LOOK_KIBIBYTES", 4096, 16, 65_536),
        gateway_port=env.whole("CUPEL_AUTOPILOT_GATEWAY_PORT", GATEWAY_PORT, 1, 65_535),
        cloudwatch=grants(env),
        gateway_token_file=env.values.get("CUPEL_AUTOPILOT_GATEWAY_TOKEN_FILE", "").strip(),
    )
