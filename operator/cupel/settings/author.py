"""The author's settings. Every one is an environment variable; docs/gaps.md lists them."""

from __future__ import annotations

import socket
from collections.abc import Mapping
from dataclasses import dataclass

from cupel.decide.model_offer import ModelOffer

from .environment import Environment, SettingError

PRICE = 10**9
"""The highest price of a million tokens, in millionths of a currency."""


@dataclass(frozen=True)
class AuthorSettings:
    """All that one author process may be told."""

    model: ModelOffer | None
    """None: no model is asked; templates and documents need none."""
    workers: int
    """Drafts made at a time."""
    resync_seconds: float
    identity: str
    host: str
    port: int
    log_format: str
    log_level: str


def author_settings(values: Mapping[str, str]) -> AuthorSettings:
    """Settings from environment variables. Raises SettingError."""
    env = Environment(values)
    return AuthorSettings(
        model=_model(env),
        workers=env.whole("CUPEL_AUTHOR_WORKERS", 4, 1, 64),
        resync_seconds=env.number("CUPEL_AUTHOR_RESYNC_SECONDS", 30, 1, 3600),
        identity=env.text("CUPEL_IDENTITY", socket.gethostname())[:40],
        host=env.text("CUPEL_HTTP_HOST", "0.0.0.0"),  # noqa: S104  probes and scrapes come from other hosts
        port=env.whole("CUPEL_HTTP_PORT", 8081, 0, 65_535),
        log_format=env.choice("CUPEL_LOG_FORMAT", "json", "json", "text"),
        log_level=env.choice("CUPEL_LOG_LEVEL", "INFO", "DEBUG", "INFO", "WARNING", "ERROR"),
    )


def _model(env: Environment) -> ModelOffer | None:
    if not env.values.get("CUPEL_MODEL_NAME", "").strip():
        return None
    url = env.values.get("CUPEL_MODEL_URL", "").strip()
    if url and not url.startswith(("https://", "http://127.0.0.1", "http://localhost")):
        raise SettingError("CUPEL_MODEL_URL must be an https URL: the key goes with every request")
    return ModelOffer(
        provider=env.choice("CUPEL_MODEL_PROVIDER", "openai", "openai", "anthropic"),
        name=env.text("CUPEL_MODEL_NAME")[:128],
        url=url,
        key_file=env.text("CUPEL_MODEL_KEY_FILE", "/etc/cupel/model/key"),
        seconds=env.number("CUPEL_MODEL_SECONDS", 90, 1, 120),
        answer_tokens=env.whole("CUPEL_MODEL_ANSWER_TOKENS", 8_000, 256, 64_000),
        input_price=env.whole("CUPEL_MODEL_INPUT_PRICE_MICROS", 0, 0, PRICE),
        output_price=env.whole("CUPEL_MODEL_OUTPUT_PRICE_MICROS", 0, 0, PRICE),
    )
