"""One operation of REST: what it takes and gives, in the words its OpenAPI description is made of."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from cupel.api.common import Model

from ..callers import Caller
from ..problems import Code


@dataclass(frozen=True)
class Asked:
    """One request, authenticated and read."""

    caller: Caller
    path: Mapping[str, str]
    query: Mapping[str, str]
    body: Model | None
    token: str = field(repr=False, default="")
    """Only for operations that act with it; empty for all others."""


@dataclass(frozen=True)
class Answer:
    """What is answered when it went well."""

    body: Model
    status: int = 200


@dataclass(frozen=True)
class Parameter:
    """One that may stand in the query."""

    name: str
    description: str
    kind: str = "string"


Do = Callable[[Asked], Awaitable[Answer]]


@dataclass(frozen=True)
class Operation:
    """A method of a path."""

    method: str
    path: str
    """Below `/api/v1`, with `{name}` for its parts."""
    id: str
    summary: str
    do: Do
    gives: type[Model]
    takes: type[Model] | None = None
    query: tuple[Parameter, ...] = ()
    statuses: tuple[int, ...] = (200,)
    problems: tuple[Code, ...] = ()
    """Besides those that any request may meet."""
    rationed: bool = True
    """Whether it counts against the caller's allowance here; a call of a tool counts itself."""
    forwards: bool = False
    """Whether it acts with the caller's own token."""
