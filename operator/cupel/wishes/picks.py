"""Readers of the templates that pick things out of a text or a page."""

# ruff: noqa: E501  # tables of words
from __future__ import annotations

import re

from cupel.api.common import JsonObject

from .heard import Heard
from .naming import identifier, words_of
from .reading import Read, in_order

_KINDS = {
    "email": "email", "url": "url", "link": "url", "number": "number", "date": "date", "hashtag": "hashtag",
    "mention": "mention", "ip": "ip", "phone": "phone", "money": "amount", "price": "amount",
}  # fmt: skip
_EXTRACTING = frozenset({"extract", "find", "pick", "get", "list"})
_TEXT_FITS_IN = frozenset(
    "text address many email document note comment body regex pattern match number like".split()
)
_LIKE = re.compile(
    r"([A-Za-z][\w]*(?: [\w]+)?) (?:like|such as|jak|takie jak|na wzor|como|of the form) ([A-Za-z0-9][A-Za-z0-9/_.:#\-]{2,30})"
)
_BETWEEN = re.compile(
    r"(?:between|miedzy|pomiędzy|między|entre) [\"'`“](.{1,40}?)[\"'`”] (?:and|a|i|e) [\"'`“](.{1,40}?)[\"'`”]"
)
_RUN = re.compile(r"[A-Za-z]+|[0-9]+|.")
_ELEMENTS = {
    "link": ("links", "a", "href"), "url": ("links", "a", "href"), "image": ("images", "img", "src"), "heading": ("headings", "h2", ""),
    "titl": ("titles", "h1", ""), "title": ("titles", "h1", ""), "paragraph": ("paragraphs", "p", ""),
}  # fmt: skip
_HTML_FITS_IN = frozenset("html page document text website source address tag element".split())


def text_extract(heard: Heard) -> Read | None:
    """The kinds that are named, things "like ORD-123", or what lies "between 'a' and 'b'"."""
    doing = heard.any(_EXTRACTING)
    if (
        not doing
        or heard.urls
        or heard.any("csv json html xml track remember validate translate send image".split())
    ):
        return None
    if match := _BETWEEN.search(heard.text):
        wanted: list[JsonObject] = [{"name": "found", "after": match[1], "before": match[2]}]
        return _extracted(heard, wanted, tuple(doing), words_of([match[1], match[2], "between"]))
    if (like := _LIKE.search(heard.text)) and re.search(r"\d", like[2]):
        wanted = [{"name": identifier(like[1]), "pattern": pattern_of(like[2].rstrip(".,:"))}]
        return _extracted(heard, wanted, (like[2],), words_of([like[1], like[2]]))
    said = in_order(_KINDS, heard)
    kinds = list(dict.fromkeys(_KINDS[word] for word in said))
    if len(kinds) > 1 and "number" in kinds:
        kinds.remove("number")  # of phones, of cards
    if not kinds or (kinds == ["number"] and not heard.any({"text"})):
        return None
    return _extracted(
        heard, [{"name": f"{kind}s", "kind": kind} for kind in kinds], (*doing, *said), frozenset(said)
    )


def _extracted(
    heard: Heard, wanted: list[JsonObject], decided: tuple[str, ...], explained: frozenset[str]
) -> Read:
    fields = {field for each in heard.examples for field in each.result}
    if len(wanted) == 1 and len(fields) == 1:
        wanted = [{**wanted[0], "name": fields.pop()}]
    return Read(
        {"wanted": wanted}, in_order(decided, heard) or decided, explained | _EXTRACTING | _TEXT_FITS_IN
    )


def pattern_of(sample: str) -> str:
    """A pattern for things like a sample: letters and signs as they are, digits as any number of digits."""
    return "".join("[0-9]+" if run[0].isdigit() else _literal(run) for run in _RUN.findall(sample))


def _literal(run: str) -> str:
    return run if run.isalnum() or run in "-/#: _" else re.escape(run)


def html_pick(heard: Heard) -> Read | None:
    """Links, images, headings, titles, paragraphs and tables of a page that is given."""
    if (
        not heard.any({"html"})
        or heard.urls
        or heard.any("xml track draw create validate convert remove translate".split())
    ):
        return None
    said = in_order({*_ELEMENTS, "table"}, heard)
    picks = {_ELEMENTS[word][0]: _ELEMENTS[word] for word in said if word in _ELEMENTS}
    if not said:
        return None
    parameters = {"picks": [_pick(*pick) for pick in picks.values()], "tables": "table" in said}
    return Read(parameters, said, _HTML_FITS_IN | _EXTRACTING | frozenset(said))


def _pick(name: str, tag: str, attribute: str) -> JsonObject:
    return {"name": name, "tag": tag} | ({"attribute": attribute} if attribute else {})
