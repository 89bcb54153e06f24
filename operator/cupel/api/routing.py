"""Who is told of what, by which channel: the form of the file that notifications are sent by."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import ConfigDict, Field, SecretStr, StrictInt, model_validator

from .common import Model

News = Literal["Served", "Refused", "Waiting", "Condemned"]
"""What may be told of a tool: it serves, it is refused, it waits for a person, it was rolled back."""
DAY = 86_400

Name = Annotated[str, Field(min_length=1, max_length=40, pattern=r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?$")]
NamespacePattern = Annotated[
    str, Field(min_length=1, max_length=63, pattern=r"^([a-z0-9]([-a-z0-9]*[a-z0-9])?|[-a-z0-9]*\*)$")
]
"""A namespace, or the beginning of one and `*`."""
Reason = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[A-Z][A-Za-z0-9]*$")]
Delay = Annotated[StrictInt, Field(ge=60, le=30 * DAY)]


class Strict(Model):
    """Errors must not repeat what was given: it may be a URL with a password in it."""

    model_config = ConfigDict(hide_input_in_errors=True)


class Channel(Strict):
    """One place messages go to. Its name stands in logs and metrics; its URL is a secret."""

    name: Name
    url: Annotated[SecretStr, Field(min_length=4, max_length=4096)]


class Route(Strict):
    """Which news goes to which channels, and when it is repeated. An empty list of conditions is none."""

    name: Name
    channels: Annotated[tuple[Name, ...], Field(min_length=1, max_length=16)]
    namespaces: Annotated[tuple[NamespacePattern, ...], Field(max_length=256)] = ()
    news: Annotated[tuple[News, ...], Field(max_length=4)] = ()
    reasons: Annotated[tuple[Reason, ...], Field(max_length=64)] = ()
    remind_after_seconds: Annotated[tuple[Delay, ...], Field(max_length=16)] = ()
    """After how long of waiting for a person it is said again."""
    remind_before_deadline_seconds: Annotated[tuple[Delay, ...], Field(max_length=16)] = ()
    """How long before the waiting becomes a refusal it is said again."""

    def takes(self, namespace: str, news: News, reason: str) -> bool:
        """Whether this route is for such news."""
        here = not self.namespaces or any(_matches(pattern, namespace) for pattern in self.namespaces)
        return here and (not self.news or news in self.news) and (not self.reasons or reason in self.reasons)


class Routing(Strict):
    """The whole file."""

    channels: Annotated[tuple[Channel, ...], Field(max_length=64)]
    routes: Annotated[tuple[Route, ...], Field(max_length=128)]

    @model_validator(mode="after")
    def _names_fit(self) -> Self:
        _once("channels", [channel.name for channel in self.channels])
        _once("routes", [route.name for route in self.routes])
        known = {channel.name for channel in self.channels}
        for number, route in enumerate(self.routes):
            for name in route.channels:
                if name not in known:
                    raise ValueError(
                        f"routes.{number}.channels must name channels of this file, not '{name}'"
                    )
        return self

    def url(self, channel: str) -> str:
        """The address of a channel; empty when the file has none of this name."""
        return next((c.url.get_secret_value() for c in self.channels if c.name == channel), "")


def _matches(pattern: str, namespace: str) -> bool:
    return namespace.startswith(pattern[:-1]) if pattern.endswith("*") else namespace == pattern


def _once(field: str, names: list[str]) -> None:
    for number, name in enumerate(names):
        if name in names[:number]:
            raise ValueError(f"{field}.{number}.name must be used once, not again: '{name}'")
