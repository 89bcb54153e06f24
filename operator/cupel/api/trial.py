"""Trial: one call of a tool and what must come of it. Examples and tests are trials: data, never code."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import ConfigDict, Field, StrictInt, model_validator

from .common import JsonObject, Model
from .markers import EMPTY, keyed_by, rule, rules

Text = Annotated[str, Field(max_length=16_384)]
Url = Annotated[str, Field(min_length=1, max_length=2048, pattern=r"^https?://")]


class Header(Model):
    """One HTTP header."""

    name: Annotated[str, Field(min_length=1, max_length=128)] = Field(description="Header name.")
    value: Annotated[str, Field(max_length=1024)] = Field(description="Header value.")


class ExchangeRequest(Model):
    """The request a tool is expected to make; method, URL and body must match."""

    method: Literal["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"] = Field(
        default="GET", description="HTTP method."
    )
    url: Url = Field(description="Absolute URL, query included.")
    body: Text | None = Field(default=None, description="Exact body; absent when none is sent.")


class ExchangeResponse(Model):
    """What the recorded server answered."""

    status: Annotated[StrictInt, Field(ge=100, le=599)] = Field(description="HTTP status code.")
    headers: Annotated[tuple[Header, ...], Field(max_length=16)] = Field(
        default=(), description="Response headers."
    )
    body: Text = Field(default="", description="Response body as text.")


class Exchange(Model):
    """One recorded HTTP exchange, replayed in validation, where nothing may call out."""

    request: ExchangeRequest = Field(description="What the tool asks.")
    response: ExchangeResponse = Field(description="What it is answered.")


class TrialState(Model):
    """A tool's state around one call; only for tools with permission `state: PerTenant`."""

    before: JsonObject = Field(default_factory=dict, description="State passed in.", json_schema_extra=EMPTY)
    after: JsonObject | None = Field(
        default=None, description="State that must come out; absent means it is not compared."
    )


class Trial(Model):
    """Call the tool with `arguments`; it must return `result`, or raise an error naming `error`."""

    model_config = ConfigDict(
        json_schema_extra=rules(
            rule(
                "has(self.result) != has(self.error)",
                "exactly one of `result` and `error` must be set",
            ),
        )
    )

    name: Annotated[str, Field(min_length=1, max_length=63, pattern=r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?$")] = (
        Field(description="Name of the trial, unique in its list.")
    )
    arguments: JsonObject = Field(
        default_factory=dict,
        description="Keyword arguments; must satisfy interface.inputSchema.",
        json_schema_extra=EMPTY,
    )
    result: JsonObject | None = Field(
        default=None,
        description="The object run() must return; numbers are compared to 9 significant digits.",
    )
    error: Annotated[str, Field(min_length=1, max_length=256)] | None = Field(
        default=None, description="Text that must occur in the error run() must raise."
    )
    live_check: Literal["Never", "Once", "Always"] = Field(
        default="Once",
        description="Whether the served tool is tried with it: never, once after each promotion, "
        "or (safe to repeat) always.",
    )
    state: TrialState | None = Field(
        default=None, description="State before and after, for tools that keep state."
    )
    exchanges: Annotated[tuple[Exchange, ...], Field(max_length=16)] = Field(
        default=(), description="Recorded HTTP exchanges, in order, for tools with egress."
    )

    @model_validator(mode="after")
    def _one_outcome(self) -> Self:
        if (self.result is None) == (self.error is None):
            raise ValueError("exactly one of `result` and `error` must be set")
        return self


BY_NAME = keyed_by("name")
"""Trials of one list are told apart by name."""
