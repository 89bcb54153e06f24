"""What a model is asked to answer, typed. Hostile input like any other: bounded, parsed, never run here."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from cupel.api.generated_tool import MAX_CODE_CHARACTERS

Sentence = Annotated[str, Field(min_length=1, max_length=1024)]


class Call(BaseModel):
    """One call and what must come of it: `result`, or an error whose text holds `error`."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, Field(min_length=1, max_length=63)] = Field(
        description="Lower-case letters, digits and hyphens; unique."
    )
    arguments: dict[str, Any] = Field(description="Keyword arguments that satisfy the input schema.")
    result: dict[str, Any] | None = Field(default=None, description="The object run() must return.")
    error: Annotated[str, Field(max_length=256)] | None = Field(
        default=None, description="Text of the error run() must raise; leave out when there is a result."
    )


class Written(BaseModel):
    """A whole tool."""

    model_config = ConfigDict(extra="forbid")

    description: Sentence = Field(description="What the tool does, for the agents that choose it.")
    input_schema: dict[str, Any] = Field(
        description="JSON Schema 2020-12 of the arguments: type object, every property typed and bounded, "
        "additionalProperties false."
    )
    output_schema: dict[str, Any] = Field(description="JSON Schema 2020-12 of the result: type object.")
    code: Annotated[str, Field(min_length=1, max_length=MAX_CODE_CHARACTERS)] = Field(
        description="One Python 3.11 module that defines run()."
    )
    examples: Annotated[list[Call], Field(min_length=1, max_length=16)] = Field(
        description="Calls that show the tool to agents, with their exact results."
    )
    tests: Annotated[list[Call], Field(max_length=24)] = Field(
        default_factory=list, description="Further calls, of edge cases and of wrong input."
    )
    egress: Annotated[list[str], Field(max_length=16)] = Field(
        default_factory=list, description="host:port pairs it must call; none if it only computes."
    )
    state: Literal["None", "PerTenant"] = Field(
        default="None", description="PerTenant only if it must remember between calls."
    )


class Tests(BaseModel):
    """Calls written by somebody who saw the contract, not the code."""

    model_config = ConfigDict(extra="forbid")

    tests: Annotated[list[Call], Field(min_length=1, max_length=24)] = Field(
        description="Calls whose results follow from the description and the schemas alone."
    )
