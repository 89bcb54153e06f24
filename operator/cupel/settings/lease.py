"""The settings of every process of which one leads."""

from __future__ import annotations

from dataclasses import dataclass

from cupel.api.names import SYSTEM_NAMESPACE

from .environment import Environment, SettingError


@dataclass(frozen=True)
class LeaseSettings:
    """Times of the leader election, in seconds: retry < renew < duration, as in client-go."""

    name: str
    namespace: str
    duration: float
    renew: float
    retry: float


def lease_settings(env: Environment, name: str) -> LeaseSettings:
    """The Lease of a process, under this name unless it is told another. Raises SettingError."""
    lease = LeaseSettings(
        name=env.text("CUPEL_LEASE_NAME", name),
        namespace=env.text("CUPEL_SYSTEM_NAMESPACE", SYSTEM_NAMESPACE),
        duration=env.number("CUPEL_LEASE_SECONDS", 15, 1, 600),
        renew=env.number("CUPEL_LEASE_RENEW_SECONDS", 10, 0.5, 599),
        retry=env.number("CUPEL_LEASE_RETRY_SECONDS", 2, 0.1, 598),
    )
    if not lease.retry < lease.renew < lease.duration:
        raise SettingError(
            "CUPEL_LEASE_RETRY_SECONDS must be less than CUPEL_LEASE_RENEW_SECONDS, "
            "and that less than CUPEL_LEASE_SECONDS"
        )
    return lease
