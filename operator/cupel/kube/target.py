"""Which cluster, and as whom: what a caller named. Apart from `cli_access`: naming costs no client."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Target:
    """Which cluster, namespace and identity the caller named; empty: the kubeconfig's."""

    namespace: str = ""
    context: str = ""
    kubeconfig: str = ""
    as_user: str = ""
    as_groups: tuple[str, ...] = ()
