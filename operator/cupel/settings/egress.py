"""The egress proxy's settings. Every one is an environment variable; docs/egress.md lists them."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass

from cupel.api.names import EGRESS_PORT

from .environment import Environment, SettingError

NAME = re.compile(r"^([a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?\.)*[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$")
MEBIBYTE = 1_048_576
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass(frozen=True)
class EgressLimits:
    """What one request, one digest and the whole process may use."""

    request_bytes: int
    response_bytes: int
    tunnel_bytes: int
    """Most that one CONNECT may bring back."""
    head_seconds: float
    """How long a connection may take to say what it wants."""
    request_seconds: float
    tunnel_seconds: float
    per_minute: int
    at_once: int
    connections: int
    look_ups: int
    """Host names asked of DNS at a time, by the whole process."""


@dataclass(frozen=True)
class EgressSettings:
    """All that one proxy process may be told."""

    host: str
    port: int
    health_port: int
    allowed_networks: tuple[Network, ...]
    allowed_names: frozenset[str]
    cluster_networks: tuple[Network, ...]
    ca_file: str
    """Certificates of authorities trusted besides the system's; empty for none."""
    credentials_file: str
    """Empty when there are none."""
    limits: EgressLimits
    drain_seconds: float
    log_format: str
    log_level: str


def egress_settings(values: Mapping[str, str]) -> EgressSettings:
    """Settings from environment variables. Raises SettingError."""
    env = Environment(values)
    networks, names = _allowed(values)
    return EgressSettings(
        host=env.text("CUPEL_HTTP_HOST", "0.0.0.0"),  # noqa: S104  tools are other hosts
        port=env.whole("CUPEL_EGRESS_LISTEN_PORT", EGRESS_PORT, 0, 65_535),
        health_port=env.whole("CUPEL_HTTP_PORT", 8081, 0, 65_535),
        allowed_networks=networks,
        allowed_names=names,
        cluster_networks=_cluster(values),
        ca_file=values.get("CUPEL_EGRESS_CA_FILE", "").strip(),
        credentials_file=values.get("CUPEL_EGRESS_CREDENTIALS_FILE", "").strip(),
        limits=_limits(env),
        drain_seconds=env.number("CUPEL_EGRESS_DRAIN_SECONDS", 2, 0, 60),
        log_format=env.choice("CUPEL_LOG_FORMAT", "json", "json", "text"),
        log_level=env.choice("CUPEL_LOG_LEVEL", "INFO", "DEBUG", "INFO", "WARNING", "ERROR"),
    )


def _limits(env: Environment) -> EgressLimits:
    return EgressLimits(
        request_bytes=env.whole("CUPEL_EGRESS_REQUEST_BYTES", MEBIBYTE, 1024, 64 * MEBIBYTE),
        response_bytes=env.whole("CUPEL_EGRESS_RESPONSE_BYTES", MEBIBYTE, 1024, 64 * MEBIBYTE),
        tunnel_bytes=env.whole("CUPEL_EGRESS_TUNNEL_BYTES", 8 * MEBIBYTE, 1024, 1024 * MEBIBYTE),
        head_seconds=env.number("CUPEL_EGRESS_HEAD_SECONDS", 5, 0.1, 60),
        request_seconds=env.number("CUPEL_EGRESS_REQUEST_SECONDS", 30, 0.1, 300),
        tunnel_seconds=env.number("CUPEL_EGRESS_TUNNEL_SECONDS", 60, 0.1, 3600),
        per_minute=env.whole("CUPEL_EGRESS_REQUESTS_PER_MINUTE", 600, 1, 1_000_000),
        at_once=env.whole("CUPEL_EGRESS_REQUESTS_AT_ONCE", 16, 1, 10_000),
        connections=env.whole("CUPEL_EGRESS_CONNECTIONS", 1000, 1, 100_000),
        look_ups=env.whole("CUPEL_EGRESS_LOOK_UPS", 256, 16, 4096),
    )


def _allowed(values: Mapping[str, str]) -> tuple[tuple[Network, ...], frozenset[str]]:
    """Networks and names that may be private."""
    networks, names = [], set()
    for item in _items(values, "CUPEL_EGRESS_ALLOW_NETWORKS"):
        if "/" in item or _is_address(item):
            networks.append(_network("CUPEL_EGRESS_ALLOW_NETWORKS", item))
        elif NAME.match(item):
            names.add(item)
        else:
            raise SettingError(
                "CUPEL_EGRESS_ALLOW_NETWORKS must be networks such as 10.1.0.0/16 or lower-case host names, "
                f"separated by commas, not '{item}'"
            )
    return tuple(networks), frozenset(names)


def _cluster(values: Mapping[str, str]) -> tuple[Network, ...]:
    """Networks of Pods and Services, where they are public addresses; the API server's own always."""
    told = [
        _network("CUPEL_EGRESS_CLUSTER_NETWORKS", i) for i in _items(values, "CUPEL_EGRESS_CLUSTER_NETWORKS")
    ]
    server = values.get("KUBERNETES_SERVICE_HOST", "").strip()
    return (*told, *([ipaddress.ip_network(server)] if _is_address(server) else []))


def _network(name: str, text: str) -> Network:
    try:
        return ipaddress.ip_network(text)
    except ValueError:
        raise SettingError(f"{name} must hold networks such as 10.1.0.0/16, not '{text}'") from None


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _items(values: Mapping[str, str], name: str) -> list[str]:
    return [item.strip() for item in values.get(name, "").split(",") if item.strip()]
