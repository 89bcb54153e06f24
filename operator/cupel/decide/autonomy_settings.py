"""What an AutonomyPolicy asks for, in the units of the engine."""

from __future__ import annotations

from math import nan

from cupel.api.autonomy_policy import AutonomyPolicySpec

SURENESS = {"Conservative": 0.85, "Balanced": 0.7, "Aggressive": 0.5}


def asked(spec: AutonomyPolicySpec) -> dict[str, float | bool]:
    """The columns of `control.fleet.Settings` that a spec decides: seconds, Pods, calls a second, shares."""
    scaling, tuning = spec.scaling, spec.tuning
    capacity = scaling.capacity_per_replica
    return {
        "period": float(spec.period_seconds),
        "lead": float(scaling.start_seconds),
        "capacity": nan if capacity is None else capacity / 1000,
        "least": float(scaling.min_replicas),
        "most": float(scaling.max_replicas),
        "up": float(scaling.step_up),
        "down": float(scaling.step_down),
        "reserve": float(scaling.warm_reserve),
        "sureness": SURENESS[spec.mode],
        "ahead": spec.mode == "Aggressive",
        "idle": float(scaling.idle_seconds),
        "settle": float(scaling.settle_seconds),
        "retune": tuning.enabled,
        "most_eta": tuning.most_adaptation_per_mille / 1000,
        "most_gamma": tuning.most_memory_per_mille / 1000,
        "least_tau": float(tuning.least_horizon_seconds),
        "most_tau": float(tuning.most_horizon_seconds),
    }
