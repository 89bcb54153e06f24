"""The words parameters are made of: identifiers, field names, short texts. Nothing else enters code."""

from __future__ import annotations

import keyword
import unicodedata
from typing import Annotated

from pydantic import AfterValidator, Field

from cupel.api.common import Model

HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def _no_keyword(name: str) -> str:
    if keyword.iskeyword(name) or keyword.issoftkeyword(name) or name == "ctx":
        raise ValueError(f"{name} means something else in Python; choose another name")
    return name


def _plain(text: str) -> str:
    if any(unicodedata.category(each) in HIDDEN for each in text):
        raise ValueError("must have no control, format, line-separating or private-use characters")
    if unicodedata.normalize("NFC", text) != text:
        raise ValueError("must be in Unicode's form NFC")
    return text


Identifier = Annotated[str, Field(pattern=r"^[a-zA-Z][a-zA-Z0-9_]{0,39}$"), AfterValidator(_no_keyword)]
"""A name that may stand in code: ASCII letters, digits, underscores; no word of Python's own."""

FieldName = Annotated[str, Field(pattern=r"^[a-zA-Z][a-zA-Z0-9_]{0,39}$")]
"""A field of a result."""

Plain = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_plain)]
"""A short text of visible characters. It enters code as an escaped literal only."""

Description = Annotated[str, Field(min_length=1, max_length=500), AfterValidator(_plain)]


class Parameters(Model):
    """What every template takes."""

    description: Description | None = Field(
        default=None,
        description="What the tool does, as agents read it; the template's own words when absent.",
    )
    arguments: dict[Identifier, Identifier] = Field(
        default={},
        max_length=16,
        description="Other names for the tool's arguments: {name the template gives: name wanted}.",
    )


def phrases(text: str) -> tuple[str, ...]:
    """Keywords, written as a text with commas; each once."""
    return tuple(dict.fromkeys(" ".join(each.split()) for each in text.split(",")))
