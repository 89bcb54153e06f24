"""The gateway's settings. Every one is an environment variable; docs/gateway.md lists them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from cupel.api.names import EGRESS_PORT, GATEWAY_PORT, SYSTEM_NAMESPACE

from .environment import Environment, SettingError
from .gateway_front import FrontSettings, front_settings

NAME = re.compile(r"^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$")
UID = re.compile(r"^[A-Za-z0-9-]{1,64}$")
AUDIENCE = "cupel-gateway"
PROXY = re.compile(r"^http://([a-z0-9]([-a-z0-9.]*[a-z0-9])?|\[[0-9a-f:]+\]):[1-9][0-9]{0,4}$")


@dataclass(frozen=True)
class Limits:
    """What one caller, one tool and one request may use."""

    body_bytes: int
    calls_per_tool: int
    """Calls of one tool under way at a time; more are told to come back."""
    calls_per_second: float
    """Requests a second of one caller, in the long run."""
    burst: int
    """Requests one caller may make at once after a rest."""
    sessions: int
    sessions_per_caller: int
    """Of them, and streams that listen, of one caller."""


@dataclass(frozen=True)
class Hold:
    """How calls of tools that sleep are held."""

    seconds: float
    """How long one waits for a Pod."""
    per_tool: int
    """Calls of one tool that wait at a time; more are told to come back."""
    per_caller: int
    at_once: int
    """All of them."""


@dataclass(frozen=True)
class GatewaySettings:
    """All that one gateway process may be told."""

    host: str
    port: int
    hosts: tuple[str, ...]
    """Names that may stand in the Host header, without port."""
    origins: tuple[str, ...]
    """Values that may stand in the Origin header; other browsers' pages are refused."""
    tokens_file: str
    """Bearer tokens; empty when none are used."""
    kubernetes_tokens: bool
    audience: str
    """The audience Kubernetes tokens must be made for."""
    limits: Limits
    front: FrontSettings
    system_namespace: str
    hold: Hold
    store_url: str
    """Where state of tools is kept; empty when none is, and tools with state are not listed."""
    tenants_per_tool: int
    """Whose state is kept, at most."""
    tenants_per_namespace: int
    heir_of: str
    """The uid of a cluster that is gone, whose store this one takes over; empty: of none."""
    state_grace_seconds: float
    """How long a tool must have been gone before its state is deleted."""
    egress_proxy: str
    """URL of the egress proxy, as tools reach it; empty when there is none."""
    drain_seconds: float
    log_format: str
    log_level: str
    otlp_endpoint: str


def gateway_settings(values: Mapping[str, str]) -> GatewaySettings:
    """Settings from environment variables. Raises SettingError."""
    env = Environment(values)
    settings = GatewaySettings(
        host=env.text("CUPEL_HTTP_HOST", "0.0.0.0"),  # noqa: S104  callers are other hosts
        port=env.whole("CUPEL_HTTP_PORT", GATEWAY_PORT, 0, 65_535),
        hosts=_hosts(env),
        origins=_list(values, "CUPEL_GATEWAY_ORIGINS"),
        tokens_file=values.get("CUPEL_GATEWAY_TOKENS_FILE", "").strip(),
        kubernetes_tokens=env.choice("CUPEL_GATEWAY_KUBERNETES_TOKENS", "on", "on", "off") == "on",
        audience=env.text("CUPEL_GATEWAY_AUDIENCE", AUDIENCE),
        limits=_limits(env),
        front=front_settings(env),
        system_namespace=env.text("CUPEL_SYSTEM_NAMESPACE", SYSTEM_NAMESPACE),
        hold=_hold(env),
        store_url=values.get("CUPEL_STORE_URL", "").strip(),
        tenants_per_tool=env.whole("CUPEL_GATEWAY_STATE_TENANTS_PER_TOOL", 10_000, 1, 1_000_000),
        tenants_per_namespace=env.whole("CUPEL_GATEWAY_STATE_TENANTS_PER_NAMESPACE", 50_000, 1, 10_000_000),
        heir_of=_heir_of(env),
        state_grace_seconds=env.number("CUPEL_GATEWAY_STATE_GRACE_SECONDS", 300, 0, 2_592_000),
        egress_proxy=_proxy(env),
        drain_seconds=env.number("CUPEL_GATEWAY_DRAIN_SECONDS", 2, 0, 60),
        log_format=env.choice("CUPEL_LOG_FORMAT", "json", "json", "text"),
        log_level=env.choice("CUPEL_LOG_LEVEL", "INFO", "DEBUG", "INFO", "WARNING", "ERROR"),
        otlp_endpoint=values.get("OTEL_EXPORTER_OTLP_ENDPOINT", "").strip(),
    )
    if not settings.tokens_file and not settings.kubernetes_tokens:
        raise SettingError(
            "CUPEL_GATEWAY_TOKENS_FILE must name a file, or CUPEL_GATEWAY_KUBERNETES_TOKENS must be on: "
            "otherwise nobody could call"
        )
    return settings


def _limits(env: Environment) -> Limits:
    return Limits(
        body_bytes=env.whole("CUPEL_GATEWAY_BODY_BYTES", 1_048_576, 1024, 1_048_576),
        calls_per_tool=env.whole("CUPEL_GATEWAY_CALLS_PER_TOOL", 32, 1, 10_000),
        calls_per_second=env.number("CUPEL_GATEWAY_CALLS_PER_SECOND", 50, 0.1, 100_000),
        burst=env.whole("CUPEL_GATEWAY_BURST", 100, 1, 100_000),
        sessions=env.whole("CUPEL_GATEWAY_SESSIONS", 2000, 1, 100_000),
        sessions_per_caller=env.whole("CUPEL_GATEWAY_SESSIONS_PER_CALLER", 500, 1, 100_000),
    )


def _hold(env: Environment) -> Hold:
    return Hold(
        seconds=env.number("CUPEL_GATEWAY_HOLD_SECONDS", 25, 1, 300),
        per_tool=env.whole("CUPEL_GATEWAY_HELD_PER_TOOL", 32, 1, 10_000),
        per_caller=env.whole("CUPEL_GATEWAY_HELD_PER_CALLER", 24, 1, 10_000),
        at_once=env.whole("CUPEL_GATEWAY_HELD", 128, 1, 10_000),
    )


def _heir_of(env: Environment) -> str:
    told = env.values.get("CUPEL_STORE_TAKE_OVER", "").strip()
    if told and not UID.match(told):
        raise SettingError(f"CUPEL_STORE_TAKE_OVER must be the uid of a cluster's kube-system, not '{told}'")
    return told


def _proxy(env: Environment) -> str:
    """What was set, else the Service's address as the kubelet tells it: tools cannot resolve names."""
    told = env.values.get("CUPEL_EGRESS_PROXY", "").strip()
    if told == "off":
        return ""
    address = env.values.get("CUPEL_EGRESS_SERVICE_HOST", "").strip()
    if not told and address:
        host = f"[{address}]" if ":" in address else address
        told = f"http://{host}:{env.text('CUPEL_EGRESS_SERVICE_PORT', str(EGRESS_PORT))}"
    if told and not PROXY.match(told):
        raise SettingError(f"CUPEL_EGRESS_PROXY must be http://address:port or off, not '{told}'")
    return told


def _hosts(env: Environment) -> tuple[str, ...]:
    """The Service's names as DNS knows them, its address, this machine's, and those the setting adds."""
    service = env.text("CUPEL_GATEWAY_SERVICE", "cupel-gateway")
    namespace = env.text("CUPEL_SYSTEM_NAMESPACE", SYSTEM_NAMESPACE)
    own = f"{service}.{namespace}"
    known: tuple[str, ...] = (
        service,
        own,
        f"{own}.svc",
        f"{own}.svc.cluster.local",
        "localhost",
        "127.0.0.1",
        "[::1]",
    )
    address = env.values.get("CUPEL_GATEWAY_SERVICE_HOST", "").strip()  # the kubelet sets it
    if address:
        known += (f"[{address}]" if ":" in address else address,)
    more = _list(env.values, "CUPEL_GATEWAY_HOSTS")
    for host in more:
        if not NAME.match(host):
            raise SettingError(
                f"CUPEL_GATEWAY_HOSTS must be host names separated by commas, without port, not '{host}'"
            )
    return known + more


def _list(values: Mapping[str, str], name: str) -> tuple[str, ...]:
    return tuple(item.strip() for item in values.get(name, "").split(",") if item.strip())
