"""Template xml-pick: rows of fields from XML, such as the items of a feed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated
from xml.sax.saxutils import escape, quoteattr

from pydantic import Field, StrictInt, model_validator

from cupel.api.common import JsonObject, Model
from cupel.api.trial import Trial

from .literals import literal
from .problem import TemplateProblem
from .schemas import closed, listing, text, whole
from .template import Made, Template
from .trials import Metamorphic, fails, gives, present
from .words import FieldName, Parameters, phrases
from .xml_code import CODE

NAME = r"[A-Za-z_][A-Za-z0-9_-]{0,60}"
Path = Annotated[str, Field(pattern=rf"^{NAME}(/{NAME}){{0,7}}$")]
Attribute = Annotated[str, Field(pattern=rf"^{NAME}$")]
LONGEST = 200_000
BESIDE = "zz"
"""An element no path may name: what is beside the rows."""


class XmlField(Model):
    """One field of a row."""

    path: Path | None = Field(
        default=None, description="Elements below the row, such as author/name; none: the row."
    )
    attribute: Attribute | None = Field(
        default=None, description="Tell this attribute; else the text inside."
    )
    name: FieldName = Field(description="Its name in the result.")


class XmlPick(Parameters):
    """Which elements are rows, and what of them is told."""

    rows: Path = Field(default="channel/item", description="Where the rows are, below the outermost element.")
    fields: Annotated[tuple[XmlField, ...], Field(min_length=1, max_length=32)] = Field(
        default=(
            XmlField(name="title", path="title"),
            XmlField(name="link", path="link"),
            XmlField(name="published", path="pubDate"),
        ),
        description="Fields of the result.",
    )
    limit: Annotated[StrictInt, Field(ge=1, le=1000)] = Field(
        default=100, description="How many rows at most."
    )

    @model_validator(mode="after")
    def _fields_fit(self) -> XmlPick:
        if len({each.name for each in self.fields}) != len(self.fields):
            raise TemplateProblem("fields", "each must have a name of its own")
        paths = [self.rows, *(each.path for each in self.fields if each.path)]
        if any(word.startswith(BESIDE) for path in paths for word in path.split("/")):
            raise TemplateProblem("rows", f"no element may begin with {BESIDE}")
        return self


def _line(each: XmlField) -> str:
    at = literal(each.path or "")
    if each.attribute:
        read = (
            f"first_attribute({f'below([row], {at})' if each.path else '[row]'}, {literal(each.attribute)})"
        )
    else:
        read = f"first_text(row, {at})" if each.path else "inside(row)"
    return f"{literal(each.name)}: {read},"


Tree = dict[str, "Tree"]


def _values(p: XmlPick, number: int) -> dict[tuple[str, str], str]:
    """(path, attribute or nothing) to what is told of it."""
    texts = {each.path for each in p.fields if each.path and not each.attribute}
    leaves = {path for path in texts if not any(other and other.startswith(f"{path}/") for other in texts)}
    values = {(path, ""): f"{path} & {number}" for path in sorted(leaves)}
    marked = {(each.path or "", each.attribute) for each in p.fields if each.attribute}
    return values | {(path, name): f"{name} <{number}>" for path, name in sorted(marked)}


def _element(name: str, path: str, values: dict[tuple[str, str], str]) -> str:
    """An element with all that the values say about it and what is below it."""
    head = f"{path}/" if path else ""
    own = {attribute: value for (at, attribute), value in values.items() if at == path and attribute}
    heads = [at[len(head) :].split("/")[0] for at, _ in values if at.startswith(head) and at != path]
    children = "".join(_element(child, head + child, values) for child in dict.fromkeys(heads))
    given = "".join(f" {key}={quoteattr(value)}" for key, value in own.items())
    return f"<{name}{given}>{escape(values.get((path, ''), ''))}{children}</{name}>"


def _inside(path: str, values: dict[tuple[str, str], str]) -> str | None:
    """The text in an element, in the order it is written; None when there is no such element."""
    head = f"{path}/" if path else ""
    if path and not any(at == path or at.startswith(head) for at, _ in values):
        return None
    return " ".join(_written(path, values).split())


def _written(path: str, values: dict[tuple[str, str], str]) -> str:
    """The same, with its spaces as they are written."""
    head = f"{path}/" if path else ""
    heads = [at[len(head) :].split("/")[0] for at, _ in values if at.startswith(head) and at != path]
    return values.get((path, ""), "") + "".join(
        _written(head + child, values) for child in dict.fromkeys(heads)
    )


def _told(p: XmlPick, values: dict[tuple[str, str], str]) -> JsonObject:
    return present(
        {
            each.name: values.get((each.path or "", each.attribute))
            if each.attribute
            else _inside(each.path or "", values)
            for each in p.fields
        }
    )


def _document(p: XmlPick, rows: Iterable[dict[tuple[str, str], str]], root: str = "zzroot") -> JsonObject:
    *above, row = p.rows.split("/")
    inner = f"<{BESIDE}>beside</{BESIDE}>" + "\n".join(_element(row, "", values) for values in rows)
    for name in reversed(above):
        inner = f"<{name}>{inner}</{name}>"
    return {"xml": f"<{root}>{inner}</{root.split()[0]}>"}


def _result(p: XmlPick, rows: list[dict[tuple[str, str], str]]) -> JsonObject:
    return {"rows": [_told(p, each) for each in rows[: p.limit]], "count": len(rows)}


def _trials(p: XmlPick) -> tuple[Trial, ...]:
    rows = [_values(p, number) for number in (1, 2)]
    many = [_values(p, number) for number in range(min(p.limit, 20) + 1)]
    first = gives("two-rows", _document(p, rows), _result(p, rows))
    spaced = {key: f"  {value}\n" if not key[1] else value for key, value in rows[0].items()}
    less = [dict(list(rows[0].items())[:keep]) for keep in range(min(len(rows[0]), 6))]
    named = _document(p, rows, 'zzroot xmlns="urn:example"')
    return (
        first,
        gives("no-rows", _document(p, []), {"rows": [], "count": 0}),
        gives("one-row", _document(p, rows[:1]), _result(p, rows[:1])),
        gives("many-rows", _document(p, many), _result(p, many)),
        gives("fields-absent", _document(p, less), _result(p, less)),
        gives("another-root", {"xml": "<zzother/>"}, {"rows": [], "count": 0}),
        Metamorphic("namespaces-do-not-matter", first, named).test(),
        gives("spaces-in-texts", _document(p, [spaced]), _result(p, [spaced])),
        fails("document-type", {"xml": "<!doctype a><a/>"}, "has a document type"),
        fails("entities", {"xml": "<!ENTITY a 'b'><a/>"}, "has a document type"),
        fails("no-xml", {"xml": "<a>"}, "the text is no XML"),
        fails("nothing", {"xml": ""}, "the text is no XML"),
    )


def build(p: XmlPick) -> Made:
    trials = _trials(p)
    value: JsonObject = {"type": "string", "maxLength": LONGEST}
    fields = {each.name: value for each in p.fields}
    row = closed(fields, fields)
    return Made(
        description=f"From an XML text, for each {p.rows}: {', '.join(each.name for each in p.fields)}.",
        arguments=closed({"xml": text("The XML.", LONGEST)}),
        result=closed({"rows": listing(row, p.limit), "count": whole("How many rows there are.")}),
        code=CODE,
        constants={"ROWS": p.rows, "LIMIT": p.limit},
        lines={"# fields": [_line(each) for each in p.fields]},
        examples=trials[:3],
        tests=trials[3:],
    )


XML_PICK = Template(
    name="xml-pick",
    title="Pick from XML",
    summary="Tells fields of repeated elements of XML by path: feeds, sitemaps, invoices, exports.",
    keywords=phrases(
        """
        xml, rss, atom, feed, sitemap, soap, parse xml, elements, attributes, path, xpath, news
        items, kanał, odczytaj xml, elementy, atrybuty, ler xml, elementos, atributos, notícias
        """
    ),
    parameters=XmlPick,
    build=build,
    example={},
    variants=(
        {
            "rows": "entry",
            "fields": [
                {"name": "id", "attribute": "id"},
                {"name": "link", "path": "link", "attribute": "href"},
                {"name": "author", "path": "author/name"},
                {"name": "whole"},
            ],
        },
        {"rows": "url", "fields": [{"name": "address", "path": "loc"}], "limit": 2},
    ),
)
