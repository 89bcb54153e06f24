"""Policies as tests of the autopilot need them."""

from __future__ import annotations

from typing import Any

from cupel.api.autonomy_policy import AutonomyPolicy


def policy(
    name: str = "web", status: dict[str, Any] | None = None, uid: str = "", **spec: Any
) -> AutonomyPolicy:
    """A policy over a Deployment whose load Prometheus knows."""
    signals = [{"name": "throughputPerSecond", "type": "Prometheus", "prometheus": {"query": "load"}}]
    body = {"targetRef": {"kind": "Deployment", "name": name}, "signals": signals, **spec}
    metadata = {"namespace": "shop", "name": name, "uid": uid or f"uid-{name}", "generation": 1}
    return AutonomyPolicy.parse({"metadata": metadata, "spec": body, "status": status or {}})


def tool_policy(name: str = "count", **spec: Any) -> AutonomyPolicy:
    """A policy over a tool, which needs no signals."""
    body = {"targetRef": {"kind": "GeneratedTool", "name": name}, **spec}
    metadata = {"namespace": "tools", "name": name, "uid": f"uid-{name}", "generation": 1}
    return AutonomyPolicy.parse({"metadata": metadata, "spec": body})
