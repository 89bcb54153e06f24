"""Parameters of template http-json."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import Field, StrictBool, StrictFloat, StrictInt, model_validator

from cupel.api.common import Model
from cupel.api.permissions import HOST, PORT, CredentialName

from .http_code import RESERVED
from .json_parameters import Picked
from .problem import TemplateProblem
from .words import Identifier, Parameters, Plain

BASE = rf"^https?://{HOST}(:{PORT})?$"
ROUTE = r"^(/[A-Za-z0-9._~!$&'()*+,;=:@{}-]*){1,16}$"
SLOT = re.compile(r"\{([^{}]*)\}")


class HttpArgument(Model):
    """One argument of the tool."""

    name: Identifier = Field(description="Its name.")
    place: Literal["path", "query", "body"] = Field(default="query", description="Where it goes.")
    field: Annotated[str, Field(pattern=r"^[A-Za-z0-9_.\[\]$-]{1,64}$")] | None = Field(
        default=None, description="What the server calls it; the same when absent."
    )
    type: Literal["text", "number", "whole", "flag"] = Field(default="text", description="What it is.")
    required: StrictBool = Field(default=True, description="Whether it must be given.")
    description: Plain | None = Field(default=None, description="What it means, for agents.")
    sample: StrictBool | StrictInt | StrictFloat | Plain | None = Field(
        default=None, description="A value for examples."
    )

    @property
    def sent_as(self) -> str:
        return self.field or self.name


class Fixed(Model):
    """A query parameter that is always the same."""

    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9_.\[\]$-]{1,64}$")] = Field(description="Its name.")
    value: Plain = Field(description="Its value. No keys or passwords: those are credentials.")


class HttpJson(Parameters):
    """Which server, what is asked, what is told."""

    server: Annotated[str, Field(max_length=200, pattern=BASE)] = Field(
        default="https://api.example.com", description="https://host or https://host:port."
    )
    method: Literal["GET", "POST"] = Field(default="GET", description="How it is asked.")
    path: Annotated[str, Field(max_length=200, pattern=ROUTE)] = Field(
        default="/v1/status", description="The path, with {name} for each argument in it."
    )
    inputs: Annotated[tuple[HttpArgument, ...], Field(max_length=16)] = Field(
        default=(), description="The tool's arguments."
    )
    query: Annotated[tuple[Fixed, ...], Field(max_length=16)] = Field(
        default=(), description="Query parameters that are always the same."
    )
    fields: Annotated[tuple[Picked, ...], Field(max_length=32)] = Field(
        default=(), description="Fields of the answer by path. None: status and body as they come."
    )
    credentials: Annotated[tuple[CredentialName, ...], Field(max_length=4)] = Field(
        default=(), description="Names of credentials the egress proxy adds."
    )

    @model_validator(mode="after")
    def _parts_fit(self) -> HttpJson:
        slots = SLOT.findall(self.path)
        in_path = [each.sent_as for each in self.inputs if each.place == "path"]
        if sorted(slots) != sorted(in_path) or len(set(slots)) != len(slots):
            raise TemplateProblem(
                "path", "must have {name} once for each argument of place path, and no other"
            )
        if set("{}") & set(SLOT.sub("", self.path)) or any(
            each in (".", "..") for each in self.path.split("/")
        ):
            raise TemplateProblem("path", "must have whole {name} and no steps . or ..")
        if self.method == "GET" and any(each.place == "body" for each in self.inputs):
            raise TemplateProblem("method", "must be POST where an argument goes into the body")
        self._refuse_doubles()
        for place, each in enumerate(self.inputs):
            if each.name in RESERVED:
                raise TemplateProblem(f"inputs[{place}].name", f"the code uses {each.name}; choose another")
            if each.sample is not None and not _fits(each.sample, each.type):
                raise TemplateProblem(f"inputs[{place}].sample", f"must be a {each.type}")
        return self

    def _refuse_doubles(self) -> None:
        for what, names in (
            ("inputs", [each.name for each in self.inputs]),
            ("inputs", [f"{each.place} {each.sent_as}" for each in self.inputs]),
            ("fields", [each.called for each in self.fields]),
        ):
            if len(set(names)) != len(names):
                raise TemplateProblem(what, "must not name one twice")


def _fits(value: Any, kind: str) -> bool:
    if isinstance(value, bool):
        return kind == "flag"
    return {"text": isinstance(value, str), "whole": isinstance(value, int)}.get(
        kind, kind == "number" and isinstance(value, int | float)
    )
