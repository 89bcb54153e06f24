"""Trials of template html-pick: pages made of the elements that are picked, and of others like them."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable
from dataclasses import dataclass

from cupel.api.common import JsonObject
from cupel.api.trial import Trial

from .html_parameters import VOID, HtmlPick, Pick
from .trials import Metamorphic, fails, gives


@dataclass(frozen=True)
class Element:
    """An element of a page made here."""

    tag: str
    classes: tuple[str, ...]
    id: str
    attributes: tuple[tuple[str, str], ...]
    text: str
    inside: str = ""
    """HTML inside; the text when empty."""

    def written(self) -> str:
        own = [("class", " ".join(self.classes)), ("id", self.id), *self.attributes]
        given = "".join(f' {name}="{value}"' for name, value in own if value)
        inside = "" if self.tag in VOID else f"{self.inside or self.text}</{self.tag}>"
        return f"<{self.tag}{given}>{inside}"

    def told(self, pick: Pick) -> str | None:
        """What a pick tells of it; None when it is not picked."""
        if self.tag != pick.tag or (pick.class_ and pick.class_ not in self.classes):
            return None
        if pick.id and pick.id != self.id:
            return None
        if pick.attribute is None:
            return self.text
        own = {"class": " ".join(self.classes), "id": self.id, **dict(self.attributes)}
        return own.get(pick.attribute) or None


def _element(pick: Pick, number: int) -> Element:
    own = pick.attribute if pick.attribute not in (None, "class", "id") else None
    return Element(
        pick.tag,
        ("x", pick.class_, "y") if pick.class_ else (),
        pick.id or "",
        ((own, f"{pick.name}-{number}"),) if own else (),
        f"{pick.name} {number}",
    )


def _plain(pick: Pick, number: int) -> Element:
    """The same element without what the pick asks for."""
    return Element(pick.tag, ("other",), "other", (), f"plain {number}")


TABLE = "<table><tr><th>a</th><th> b </th></tr>\n<tr><td>1</td><td>2 <i>3</i></td></tr></table>"
CELLS = [["a", "b"], ["1", "2 3"]]


def told(p: HtmlPick, elements: Iterable[Element], tables: list[list[list[str]]]) -> JsonObject:
    every = list(elements)
    found = {
        pick.name: [told for each in every if (told := each.told(pick)) is not None][: p.most] for pick in p.picks
    }
    return {**found, "tables": tables[: p.most]} if p.tables else found


def _page(elements: Iterable[Element], *more: str) -> JsonObject:
    return {"html": "\n".join(["<!-- a page -->", *(each.written() for each in elements), *more])}


def trials(p: HtmlPick) -> tuple[Trial, ...]:
    elements = [_element(pick, 1) for pick in p.picks]
    others = [_plain(pick, 2) for pick in p.picks]
    many = [_element(pick, number) for number in range(min(p.most, 20) + 1) for pick in p.picks]
    tables = [CELLS] if p.tables else []
    table = [TABLE] if p.tables else []
    first = gives("one-of-each", _page(elements, *table), told(p, elements, tables))
    return (
        first,
        gives("nothing-there", {"html": "<zz-none>text</zz-none>"}, told(p, [], [])),
        gives("others", _page([*others, *elements]), told(p, [*others, *elements], [])),
        gives("many", _page(many, *table * (min(p.most, 20) + 1)), told(p, many, tables * (min(p.most, 20) + 1))),
        Metamorphic("capitals-in-tags", first, {"html": _capitals(first.arguments["html"])}).test(),
        Metamorphic("unknown-elements", first, {"html": f"<zz-a>{first.arguments['html']}</zz-a>"}).test(),
        *(_nested(p, place, pick) for place, pick in enumerate(p.picks) if pick.attribute is None),
        *(_of_tables(p) if p.tables else ()),
        gives("unclosed", {"html": "<"}, told(p, [], [])),
        fails("no-html", {"html": "only words"}, "it is no HTML"),
        fails("nothing", {"html": ""}, "it is no HTML"),
    )


def _capitals(html: str) -> str:
    return re.sub(r"</?[a-z][a-z0-9-]*", lambda found: found[0].upper(), html)


def _nested(p: HtmlPick, place: int, pick: Pick) -> Trial:
    """An element in another of its kind, entities, and white space."""
    inner = _element(pick, 2)
    outer = dataclasses.replace(
        _element(pick, 1),
        text=f"a & {inner.text} b",
        inside=f"a &amp;\n {inner.written()} b",
    )
    after = _element(pick, 3)
    page = {"html": f"{outer.written()} outside {after.written()}</{pick.tag}>"}
    return gives(f"nested-{place + 1}", page, told(p, [outer, inner, after], []))


def _of_tables(p: HtmlPick) -> tuple[Trial, ...]:
    inner = "<table><tr><td>in</td></tr></table>"
    nested = f"<table><td>no row</td><tr><td>x{inner}y</td></tr></table><td>outside</td>text</table>"
    empty = "<table>text</table>"
    return (
        gives("tables-nested", {"html": nested}, told(p, [], [[["no row"], ["xy"]], [["in"]]])),
        gives("a-table-of-nothing", {"html": empty}, told(p, [], [[]])),
        gives("cells-unclosed", {"html": "<table><tr><td>1<td>2<tr><th>3"}, told(p, [], [[["1", "2"], ["3"]]])),
    )
