"""Parameters of template html-pick."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StrictBool, StrictInt, model_validator

from cupel.api.common import Model

from .problem import TemplateProblem
from .words import FieldName, Parameters

Tag = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,30}$")]
Class = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_-]{0,60}$")]
VOID = ("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr")
NO_TEXT = ("script", "style", "iframe", "noembed", "noframes", "xmp")
OF_TABLES = ("table", "tr", "td", "th")
LONGEST = 200_000


class Pick(Model):
    """Elements of one kind, and what of them is told."""

    name: FieldName = Field(description="Its name in the result.")
    tag: Tag = Field(description="The element, such as a, h1, li, meta.")
    class_: Class | None = Field(default=None, alias="class", description="A class it must have.")
    id: Class | None = Field(default=None, description="The id it must have.")
    attribute: Tag | None = Field(default=None, description="Tell this attribute; else the text inside.")

    @model_validator(mode="after")
    def _something_inside(self) -> Pick:
        if self.tag in VOID and self.attribute is None:
            raise TemplateProblem("attribute", f"must be given: there is no text inside <{self.tag}>")
        if self.tag == "plaintext" or (self.tag in NO_TEXT and self.attribute is None):
            raise TemplateProblem("tag", "what is inside is no text; name an attribute, or another element")
        return self


USUAL = (Pick(name="links", tag="a", attribute="href"), Pick(name="headings", tag="h1"))


class HtmlPick(Parameters):
    """What is picked."""

    picks: Annotated[tuple[Pick, ...], Field(max_length=16)] = Field(
        default=USUAL, description="Elements to tell, by name."
    )
    tables: StrictBool = Field(default=True, description="Also tell all tables, as rows of cells.")
    most: Annotated[StrictInt, Field(ge=1, le=1000)] = Field(default=200, description="How many of each at most.")

    @model_validator(mode="after")
    def _names_differ(self) -> HtmlPick:
        names = [each.name for each in self.picks] + ["tables"] * self.tables
        if not names:
            raise TemplateProblem("picks", "must name something, or `tables` must be true")
        if len(set(names)) != len(names):
            raise TemplateProblem("picks", "each must have a name of its own")
        if self.tables and any(each.tag in OF_TABLES for each in self.picks):
            raise TemplateProblem("tables", "must be false where parts of tables are picked")
        return self
