"""Draft: what every generator yields, whatever it is; the content of a GeneratedTool before it has a name."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from .common import Model
from .generated_tool import MAX_CODE_CHARACTERS, Interface
from .permissions import Permissions
from .trial import Trial

Keyword = Annotated[str, Field(min_length=1, max_length=64)]


class Draft(Model):
    """One tool as a generator proposes it. Every bound is the one of `GeneratedToolSpec`."""

    description: Annotated[str, Field(min_length=1, max_length=1024)] = Field(
        description="What the tool does, as agents read it."
    )
    interface: Interface = Field(description="The MCP tool definition; its tool_name may be absent.")
    code: Annotated[str, Field(min_length=1, max_length=MAX_CODE_CHARACTERS)] = Field(
        description="One Python module that defines run()."
    )
    examples: Annotated[tuple[Trial, ...], Field(min_length=1, max_length=32)] = Field(
        description="Calls that show the tool."
    )
    tests: Annotated[tuple[Trial, ...], Field(max_length=64)] = Field(
        default=(), description="Further calls the tool must pass."
    )
    permissions: Permissions = Field(
        default=Permissions(), description="The least the tool needs; nothing when absent."
    )
    notes: Annotated[str, Field(max_length=1024)] = Field(
        default="", description="For reviewers: how it was made."
    )
    keywords: Annotated[tuple[Keyword, ...], Field(max_length=64)] = Field(
        default=(), description="Words by which people look for such a tool."
    )
