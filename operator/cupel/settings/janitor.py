"""The janitor's settings. Every one is an environment variable; docs/ledger.md lists them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from .environment import Environment


@dataclass(frozen=True)
class JanitorSettings:
    """All that one round may be told."""

    grace_days: int
    """How long no revision may refer to an entry before it goes."""
    leftover_age: timedelta
    """How old an object of a sandbox must be before it counts as left over."""
    log_format: str
    log_level: str


def janitor_settings(values: Mapping[str, str]) -> JanitorSettings:
    """Settings from environment variables. Raises SettingError."""
    env = Environment(values)
    return JanitorSettings(
        grace_days=env.whole("CUPEL_JANITOR_GRACE_DAYS", 30, 0, 3650),
        leftover_age=timedelta(minutes=env.whole("CUPEL_JANITOR_LEFTOVER_MINUTES", 60, 10, 10_080)),
        log_format=env.choice("CUPEL_LOG_FORMAT", "json", "json", "text"),
        log_level=env.choice("CUPEL_LOG_LEVEL", "INFO", "DEBUG", "INFO", "WARNING", "ERROR"),
    )
