"""The operator's settings. Every one is an environment variable; docs/operator.md lists them."""

from __future__ import annotations

import re
import socket
from collections.abc import Mapping
from dataclasses import dataclass

from .environment import Environment, SettingError
from .lease import LeaseSettings, lease_settings

IMAGE = re.compile(r"^.+@sha256:[0-9a-f]{64}$")
MAX_TARGETS = 8


@dataclass(frozen=True)
class OperatorSettings:
    """All that one operator process may be told."""

    sandbox_image: str
    identity: str
    targets: tuple[str, ...]
    """`host:port` that do listen, for the isolation probe of trials."""
    lease: LeaseSettings
    concurrency: int
    analyses: int
    verifications: int
    resync_seconds: float
    relist_seconds: float
    host: str
    port: int
    log_format: str
    log_level: str
    otlp_endpoint: str
    """Empty: no traces are exported."""


def operator_settings(values: Mapping[str, str], resolv_conf: str = "") -> OperatorSettings:
    """Settings from environment variables. Raises SettingError.

    `resolv_conf` is the text of /etc/resolv.conf: inside a cluster its name server is the cluster's DNS.
    """
    env = Environment(values)
    return OperatorSettings(
        sandbox_image=_image(env),
        identity=env.text("CUPEL_IDENTITY", socket.gethostname()),
        targets=_targets(env, resolv_conf),
        lease=lease_settings(env, "cupel-operator"),
        concurrency=env.whole("CUPEL_CONCURRENCY", 16, 1, 256),
        analyses=env.whole("CUPEL_ANALYSES", 2, 1, 32),
        verifications=env.whole("CUPEL_VERIFICATIONS", 4, 1, 64),
        resync_seconds=env.number("CUPEL_RESYNC_SECONDS", 30, 1, 3600),
        relist_seconds=env.number("CUPEL_RELIST_SECONDS", 600, 10, 86_400),
        host=env.text("CUPEL_HTTP_HOST", "0.0.0.0"),  # noqa: S104  probes and scrapes come from other hosts
        port=env.whole("CUPEL_HTTP_PORT", 8081, 0, 65_535),
        log_format=env.choice("CUPEL_LOG_FORMAT", "json", "json", "text"),
        log_level=env.choice("CUPEL_LOG_LEVEL", "INFO", "DEBUG", "INFO", "WARNING", "ERROR"),
        otlp_endpoint=values.get("OTEL_EXPORTER_OTLP_ENDPOINT", "").strip(),
    )


def _image(env: Environment) -> str:
    image = env.text("CUPEL_SANDBOX_IMAGE")
    if not IMAGE.match(image):
        raise SettingError(
            f"CUPEL_SANDBOX_IMAGE must be pinned by digest, as in name@sha256:<64 hex digits>, not '{image}'"
        )
    return image


def _targets(env: Environment, resolv_conf: str) -> tuple[str, ...]:
    targets = env.targets("CUPEL_PROBE_TARGETS", _cluster_targets(env, resolv_conf))
    if not targets:
        raise SettingError(
            "CUPEL_PROBE_TARGETS must name what trials try to reach, as in 10.96.0.1:443,10.96.0.10:53 "
            "(found out by itself only inside a cluster)"
        )
    if len(targets) > MAX_TARGETS:
        raise SettingError(f"CUPEL_PROBE_TARGETS must name at most {MAX_TARGETS} targets")
    return targets


def _cluster_targets(env: Environment, resolv_conf: str) -> tuple[str, ...]:
    host = env.values.get("KUBERNETES_SERVICE_HOST", "").strip()
    if not host:
        return ()
    port = env.text("KUBERNETES_SERVICE_PORT", "443")
    servers = [line.split()[1] for line in resolv_conf.splitlines() if re.match(r"^nameserver\s+\S", line)]
    return (_pair(host, port), *(_pair(server, "53") for server in servers[:1]))


def _pair(host: str, port: str) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
