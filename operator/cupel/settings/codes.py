"""The code service's settings. Every one is an environment variable; docs/codes.md lists them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from cupel.api.names import CODES_PORT, SYSTEM_NAMESPACE

from .environment import Environment, SettingError

STORE = "sqlite:////data/codes.db"
KEYS = "/keys/keys"
URL = re.compile(r"^https?://[A-Za-z0-9.\[\]:_-]+(/[A-Za-z0-9._/-]*)?$")


@dataclass(frozen=True)
class CodesSettings:
    """All that one code service may be told."""

    host: str
    port: int
    health_port: int
    """For probes and Prometheus: what came of tries is not for callers."""
    namespace: str
    """Its own, where CodeEnrollments are made."""
    store: str
    """A URL that may hold a password: never shown."""
    keys_file: str
    contacts_file: str
    """Where people are reached; empty when no codes are delivered."""
    url: str
    """What phones call it by; empty when no links are given out."""
    enrolment_days: int
    failures: int
    lock_seconds: int
    per_minute: float
    """Requests a minute about one person, in the long run."""
    burst: int
    audit_days: int
    log_format: str
    log_level: str

    def __repr__(self) -> str:
        return f"CodesSettings(port={self.port})"


def codes_settings(values: Mapping[str, str]) -> CodesSettings:
    """Settings from environment variables. Raises SettingError."""
    env = Environment(values)
    return CodesSettings(
        host=env.text("CUPEL_HTTP_HOST", "0.0.0.0"),  # noqa: S104  callers are other hosts
        port=env.whole("CUPEL_CODES_LISTEN_PORT", CODES_PORT, 0, 65_535),
        health_port=env.whole("CUPEL_HTTP_PORT", 8081, 0, 65_535),
        namespace=env.text("CUPEL_SYSTEM_NAMESPACE", SYSTEM_NAMESPACE),
        store=env.text("CUPEL_CODES_STORE", STORE),
        keys_file=env.text("CUPEL_CODES_KEYS_FILE", KEYS),
        contacts_file=values.get("CUPEL_CODES_CONTACTS_FILE", "").strip(),
        url=_url(values),
        enrolment_days=env.whole("CUPEL_CODES_ENROLMENT_DAYS", 90, 1, 3650),
        failures=env.whole("CUPEL_CODES_FAILURES", 5, 1, 20),
        lock_seconds=env.whole("CUPEL_CODES_LOCK_SECONDS", 900, 1, 86_400),
        per_minute=env.number("CUPEL_CODES_PER_MINUTE", 30, 1, 6000),
        burst=env.whole("CUPEL_CODES_BURST", 20, 1, 1000),
        audit_days=env.whole("CUPEL_CODES_AUDIT_DAYS", 400, 1, 3650),
        log_format=env.choice("CUPEL_LOG_FORMAT", "json", "json", "text"),
        log_level=env.choice("CUPEL_LOG_LEVEL", "INFO", "DEBUG", "INFO", "WARNING", "ERROR"),
    )


def _url(values: Mapping[str, str]) -> str:
    url = values.get("CUPEL_CODES_URL", "").strip().rstrip("/")
    if url and not URL.match(url):
        raise SettingError(f"CUPEL_CODES_URL must look like https://codes.example.com, not '{url}'")
    return url
