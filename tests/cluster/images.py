"""Images: imported into a node."""

from __future__ import annotations

from .layout import Cluster


def load_pause(cluster: Cluster) -> None:
    """The image every Pod's sandbox starts from."""
