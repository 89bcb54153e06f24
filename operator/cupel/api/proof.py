"""What the sandbox proved of a tool beyond its trials: properties of its schemas, and mutants of its code."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StrictInt

from .common import Model

Words = Annotated[str, Field(max_length=256)]
Property = Literal[
    "OutputSchema", "CleanError", "Ends", "Memory", "Survives", "Result", "SameAnswer",
]  # fmt: skip
Count = Annotated[StrictInt, Field(ge=0, le=10_000)]
Mutants = Annotated[StrictInt, Field(ge=0, le=100_000)]


class Counterexample(Model):
    """Arguments that the input schema allows, and a promise the tool does not keep with them."""

    property: Property = Field(
        description="OutputSchema: the result is as the output schema says. CleanError: an error is told in "
        "the tool's own words, not by a mistake of its code. Ends, Memory: within the policy's limits. "
        "Survives: its process does not die. Result: a JSON object that fits. SameAnswer: twice the same for "
        "the same."
    )
    arguments: Words = Field(default="", description="The smallest found, as JSON; perhaps cut.")
    message: Words = Field(default="", description="What came instead.")


class PropertiesProof(Model):
    """Calls drawn from the tool's own schemas."""

    calls: Count = Field(default=0, description="Different arguments it was called with.")
    unjudged: Count = Field(default=0, description="Calls that asked outside for what nobody had recorded.")
    because: Words = Field(default="", description="Why no more was tried; empty when all was.")
    broken: Annotated[tuple[Counterexample, ...], Field(max_length=3)] = Field(
        default=(), description="Properties that do not hold, one case of each."
    )


class Survivor(Model):
    """A change of the code that no example and no test notices."""

    line: Annotated[StrictInt, Field(ge=0, le=1_000_000)] = Field(description="Line of the code.")
    change: Annotated[str, Field(max_length=100)] = Field(description="What was changed there.")


class MutantsProof(Model):
    """Copies of the code with one small change each, tried by the tool's own examples and tests."""

    total: Mutants = Field(default=0, description="Changes there are.")
    tried: Mutants = Field(default=0, description="Changes tried: a sample, where there are many.")
    killed: Mutants = Field(default=0, description="Changes that an example or a test noticed.")
    because: Words = Field(default="", description="Why not all that were chosen were tried.")
    obstacle: Words = Field(
        default="",
        description="What in the tool keeps its changes from being judged, and what to change. Never "
        "time or load.",
    )
    survivors: Annotated[tuple[Survivor, ...], Field(max_length=5)] = Field(
        default=(), description="The first that nothing noticed, by line."
    )
