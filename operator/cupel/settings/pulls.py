"""The pull-request service's settings, environment variables all; docs/pull-requests.md lists them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from .environment import Environment, SettingError

URL = re.compile(r"^https?://[A-Za-z0-9.\[\]:_-]+(/[A-Za-z0-9._/-]*)?$")
PREFIX = re.compile(r"^[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?$")
REPOSITORY = re.compile(r"^[A-Za-z0-9][A-Za-z0-9_-]*/[A-Za-z0-9._-]+$")


@dataclass(frozen=True)
class PullsSettings:
    """All that one pull-request service may be told."""

    api: str
    """Where the git host's REST API is."""
    git: str
    """Where its repositories are: `GIT/owner/name.git`."""
    token_file: str
    prefix: str
    """Beginning of every branch of ours: clusters that share a repository need different ones."""
    repositories: frozenset[str]
    """The only ones that may be used; empty: whatever ledgers name."""
    poll: float
    """Seconds between two looks at the git host."""
    timeout: float
    """Seconds after which a request to the git host counts as failed."""
    host: str
    port: int
    log_format: str
    log_level: str


def pulls_settings(values: Mapping[str, str]) -> PullsSettings:
    """Settings from environment variables. Raises SettingError."""
    env = Environment(values)
    return PullsSettings(
        api=_url(env, "CUPEL_PULLS_API_URL", "https://api.github.com"),
        git=_url(env, "CUPEL_PULLS_GIT_URL", "https://github.com"),
        token_file=env.text("CUPEL_PULLS_TOKEN_FILE", "/etc/cupel/pulls/token"),
        prefix=_prefix(env),
        repositories=_repositories(values),
        poll=env.number("CUPEL_PULLS_POLL_SECONDS", 30, 1, 3600),
        timeout=env.number("CUPEL_PULLS_TIMEOUT_SECONDS", 20, 1, 120),
        host=env.text("CUPEL_HTTP_HOST", "0.0.0.0"),  # noqa: S104  probes and scrapes come from other hosts
        port=env.whole("CUPEL_HTTP_PORT", 8081, 0, 65_535),
        log_format=env.choice("CUPEL_LOG_FORMAT", "json", "json", "text"),
        log_level=env.choice("CUPEL_LOG_LEVEL", "INFO", "DEBUG", "INFO", "WARNING", "ERROR"),
    )


def _url(env: Environment, name: str, default: str) -> str:
    url = env.text(name, default).rstrip("/")
    if not URL.match(url):
        raise SettingError(f"{name} must look like {default}, not '{url}'")
    return url


def _prefix(env: Environment) -> str:
    prefix = env.text("CUPEL_PULLS_PREFIX", "cupel")
    if not PREFIX.match(prefix):
        raise SettingError(
            "CUPEL_PULLS_PREFIX must be at most 32 lower-case letters, digits and hyphens, "
            f"not '{prefix[:64]}'"
        )
    return prefix


def _repositories(values: Mapping[str, str]) -> frozenset[str]:
    found = (item.strip() for item in values.get("CUPEL_PULLS_REPOSITORIES", "").split(","))
    names = frozenset(item for item in found if item)
    for name in sorted(names):
        if not REPOSITORY.match(name):
            raise SettingError(
                f"CUPEL_PULLS_REPOSITORIES must be owner/name pairs separated by commas, not '{name[:200]}'"
            )
    return names
