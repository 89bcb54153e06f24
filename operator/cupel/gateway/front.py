"""Everything by which callers ask for tools and say what they are worth, put together for one gateway."""

from __future__ import annotations

from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any

from cupel.clock import second
from cupel.decide.limits import Allowance
from cupel.kube.borrowed import Borrow
from cupel.settings.gateway import GatewaySettings

from .ask_metrics import AskMetrics
from .askers import Askers, Rights
from .asking import Asking
from .catalogue import Catalogue
from .gaps import Gaps
from .keeper import Keeper
from .noticing import Noticing
from .own_tools import OwnTools
from .rating import Rating
from .recording import Gapwriter, Recorder
from .tool_index import ToolIndex

FEEDBACK_PER_SECOND, FEEDBACK_BURST = 0.5, 20
"""Opinions of one caller: nobody judges faster than they call."""


@dataclass(frozen=True)
class Cluster:
    """The API server, under this gateway's identity."""

    client: Gapwriter
    rights: Rights
    borrow: Borrow
    """Clients that act by a caller's own token; used only where an administrator turned that on."""


class Front:
    """Holds the parts."""

    def __init__(
        self,
        settings: GatewaySettings,
        catalogue: Catalogue,
        keeper: Keeper,
        cluster: Cluster | None,
        metrics: AskMetrics,
    ) -> None:
        front, home = settings.front, settings.system_namespace
        self.gaps = Gaps()
        self.askers = Askers(cluster.rights if cluster else None, catalogue.serving_namespaces, home)
        self.index = ToolIndex(catalogue)
        self.asking = Asking(
            catalogue=catalogue,
            gaps=self.gaps,
            index=self.index,
            askers=self.askers,
            recorder=Recorder(cluster.client, second) if cluster else None,
            allowance=Allowance(front.asks_per_minute / 60, front.asks_burst),
            metrics=metrics,
            turns={},
        )
        feedback = Allowance(FEEDBACK_PER_SECOND, FEEDBACK_BURST)
        self.rating = Rating(catalogue, keeper, feedback, metrics)
        self.own_tools = OwnTools(self.asking, self.rating)
        own_name = f"system:serviceaccount:{home}:cupel-gateway"
        self.noticing = Noticing(self.asking, front, own_name, metrics)

    def background(self) -> list[Coroutine[Any, Any, None]]:
        """What runs as long as the gateway does."""
        return [self.index.keep(), self.noticing.run()]
