"""Trials in short, and metamorphic relations: what a change of the arguments does to the result."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from cupel.api.common import JsonObject
from cupel.api.trial import Trial


def gives(name: str, arguments: JsonObject, result: JsonObject) -> Trial:
    """The tool returns this."""
    return Trial(name=name, arguments=arguments, result=result)


def fails(name: str, arguments: JsonObject, error: str) -> Trial:
    """The tool refuses this, and its error says so."""
    return Trial(name=name, arguments=arguments, error=error)


def present(fields: JsonObject) -> JsonObject:
    """What is absent is left out: the API server keeps no null."""
    return {name: value for name, value in fields.items() if value is not None}


def same(result: JsonObject) -> JsonObject:
    """The relation of a change that changes nothing."""
    return result


@dataclass(frozen=True)
class Metamorphic:
    """`relation(first's result)` is the result of the changed arguments."""

    name: str
    first: Trial
    changed: JsonObject
    relation: Callable[[JsonObject], JsonObject] = same

    def test(self) -> Trial:
        """The relation as a test. `first` must be a trial with a result."""
        return gives(
            self.name, {**self.first.arguments, **self.changed}, self.relation(self.first.result or {})
        )
