"""The gateway's settings for asking, noticing, feedback and REST. docs/gateway.md lists them."""

from __future__ import annotations

from dataclasses import dataclass

from .environment import Environment


@dataclass(frozen=True)
class FrontSettings:
    """What may be asked for, what is noticed, what is kept."""

    asks_per_minute: float
    """Wishes of one caller, in the long run."""
    asks_burst: int
    notices: bool
    """Whether gaps are made from what calls show."""
    unknown_calls: int
    """Calls of one name no tool has, after which it is a gap."""
    failing_calls: int
    """Calls of one tool refused at one field, after which it is a gap."""
    repeated_chains: int
    """Times one chain of tools was called, after which it is a gap."""
    noticed_callers: int
    """Callers of whom any of these must come."""
    feedback_per_tenant: int
    """Of one tool."""
    feedback_per_tool: int
    acts_of_people: bool
    """Whether a caller's own token is forwarded to the API server, for acts the gateway has no right to."""


def front_settings(env: Environment) -> FrontSettings:
    """Raises SettingError."""
    return FrontSettings(
        asks_per_minute=env.number("CUPEL_GATEWAY_ASKS_PER_MINUTE", 6, 0.01, 10_000),
        asks_burst=env.whole("CUPEL_GATEWAY_ASKS_BURST", 10, 1, 10_000),
        notices=env.choice("CUPEL_GATEWAY_TELEMETRY_GAPS", "on", "on", "off") == "on",
        unknown_calls=env.whole("CUPEL_GATEWAY_TELEMETRY_UNKNOWN_CALLS", 20, 2, 1_000_000),
        failing_calls=env.whole("CUPEL_GATEWAY_TELEMETRY_FAILING_CALLS", 50, 2, 1_000_000),
        repeated_chains=env.whole("CUPEL_GATEWAY_TELEMETRY_CHAINS", 100, 2, 1_000_000),
        noticed_callers=env.whole("CUPEL_GATEWAY_TELEMETRY_CALLERS", 2, 1, 32),
        feedback_per_tenant=env.whole("CUPEL_GATEWAY_FEEDBACK_PER_TENANT", 20, 1, 1000),
        feedback_per_tool=env.whole("CUPEL_GATEWAY_FEEDBACK_PER_TOOL", 5000, 1, 1_000_000),
        acts_of_people=env.choice("CUPEL_GATEWAY_ACTS_OF_PEOPLE", "off", "on", "off") == "on",
    )
