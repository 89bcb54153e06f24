"""All of REST, put together for one gateway."""

from __future__ import annotations

from starlette.routing import Mount

from cupel.settings.gateway_front import FrontSettings

from ..catalogue import Catalogue
from ..door import Door
from ..executing import Executing
from ..front import Cluster, Front
from .door import RestDoor
from .feedback import FeedbackOperations
from .gaps import GapOperations
from .openapi import described
from .operation import Operation
from .people import People
from .reviews import Reviews
from .templates import operations as template_operations
from .tools import Tools


def operations(
    catalogue: Catalogue,
    front: Front,
    executing: Executing,
    cluster: Cluster | None,
    settings: FrontSettings,
) -> tuple[Operation, ...]:
    """Every one, in the order of the description."""
    borrow = cluster.borrow if cluster and settings.acts_of_people else None
    return (
        *Tools(catalogue, front.index, executing).operations(),
        *FeedbackOperations(catalogue, front.rating).operations(),
        *GapOperations(front.asking).operations(),
        *template_operations(),
        *People(borrow).operations(),
        *Reviews(borrow).operations(),
    )


def mounted(
    every: tuple[Operation, ...],
    door: Door,
    executing: Executing,
    body_bytes: int,
    version: str,
) -> Mount:
    """The routes below `/api/v1`."""
    return RestDoor(every, door, executing, body_bytes, described(every, version)).mount()
