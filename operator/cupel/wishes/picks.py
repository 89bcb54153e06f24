"""Readers of the templates that pick things out of a text, a page or XML, or rewrite a text."""

# ruff: noqa: E501  # tables of words
from __future__ import annotations

import re

from cupel.api.common import JsonObject

from .heard import Heard
from .naming import identifier, listed, words_of
from .reading import Read, in_order
from .words import folded, meaning

_KINDS = {
    "email": "email", "url": "url", "link": "url", "number": "number", "date": "date", "hashtag": "hashtag",
    "mention": "mention", "ip": "ip", "phone": "phone", "money": "amount", "price": "amount",
}  # fmt: skip
_EXTRACTING = frozenset({"extract", "find", "pick", "get", "list"})
_TEXT_FITS_IN = frozenset(
    "text address many email document note comment body regex pattern match number like part anything paragraph entry what logfile".split()
)
_LIKE = re.compile(
    r"(?<!\w)([A-Za-z]\w{0,40}(?: \w{1,40}){0,2}) (?:like|such as|jak|takie jak|na wzor|como|of the form) ([A-Za-z0-9][A-Za-z0-9/_.:#\-]{2,30})"
)
_BETWEEN = re.compile(
    r"(?:between|miedzy|pomiędzy|między|entre) (?:[\"'`“](.{1,40}?)[\"'`”] (?:and|a|i|e) [\"'`“](.{1,40}?)[\"'`”]"
    r"|([A-Z][A-Z0-9_]{1,39}) (?:and|a|i|e) ([A-Z][A-Z0-9_]{1,39})\b)"
)
"""Two marks: in quotes, or written in capitals."""
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
        after, before = (mark for mark in match.groups() if mark)
        wanted: list[JsonObject] = [{"name": "found", "after": after, "before": before}]
        return _extracted(heard, wanted, tuple(doing), words_of([after, before, "between"]))
    if (like := _LIKE.search(heard.text)) and re.search(r"\d", like[2]):
        wanted = [{"name": identifier(_noun(like[1])), "pattern": pattern_of(like[2].rstrip(".,:"))}]
        return _extracted(heard, wanted, (like[2],), words_of([like[1], like[2]]))
    said = in_order(_KINDS, heard)
    kinds = list(dict.fromkeys(_KINDS[word] for word in said))
    if len(kinds) > 1 and "number" in kinds:
        kinds.remove("number")  # of phones, of cards
    if not kinds or (kinds == ["number"] and not heard.any({"text"})):
        return None
    of = frozenset(heard.currencies) if "amount" in kinds else frozenset()
    wanted = [{"name": f"{kind}s", "kind": kind} for kind in kinds]
    return _extracted(heard, wanted, (*doing, *said), frozenset(said) | of)


def _extracted(
    heard: Heard, wanted: list[JsonObject], decided: tuple[str, ...], explained: frozenset[str]
) -> Read:
    fields = {field for each in heard.examples for field in each.result}
    if len(wanted) == 1 and len(fields) == 1:
        wanted = [{**wanted[0], "name": fields.pop()}]
    return Read(
        {"wanted": wanted}, in_order(decided, heard) or decided, explained | _EXTRACTING | _TEXT_FITS_IN
    )


def _noun(said: str) -> str:
    """What things like a sample are called: "order numbers" of "extract order numbers"."""
    nouns = [word for word in said.split() if (meant := meaning(folded(word))) and meant not in _EXTRACTING]
    return " ".join(nouns) or "found"


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


_FEEDS: dict[str, JsonObject] = {
    "rss": {},
    "atom": {
        "rows": "entry",
        "fields": [
            {"name": "title", "path": "title"},
            {"name": "link", "path": "link", "attribute": "href"},
            {"name": "updated", "path": "updated"},
        ],
    },
}
_ROWS = re.compile(r"\b(?:each|every|all|kazdego|cada) <?([A-Za-z_][\w-]{0,60})>?(?: elements?)?")
_XML_FITS_IN = frozenset(
    "xml read text document file list entry title link value field item parse news element attribute feed".split()
)


def xml_pick(heard: Heard) -> Read | None:
    """The items of an RSS or Atom text; or the fields that are named, of each element that is named."""
    if (
        not heard.any({"xml"})
        or heard.urls
        or heard.any("html csv json track create validate convert track remind".split())
    ):
        return None
    doing = heard.any(_EXTRACTING | {"read"}) | ({"xml"} if "parse" in heard.tokens else frozenset())
    feed = next((token for token in heard.tokens if token in _FEEDS), "")
    if doing and feed:
        return Read(_FEEDS[feed], (feed, *in_order(doing, heard)), _XML_FITS_IN | _EXTRACTING)
    names, rows = (
        [name for name in listed(heard.text) if re.fullmatch(r"[A-Za-z_][\w-]{0,39}", name)],
        _ROWS.search(heard.text),
    )
    if not names or not rows:
        return None
    fields = [{"name": identifier(name), "path": name} for name in names]
    explained = _XML_FITS_IN | _EXTRACTING | words_of([*names, rows[1]])
    return Read({"rows": rows[1], "fields": fields}, ("xml", *names), explained)


_REWRITES = {
    "upper": ("upper",), "lower": ("lower",), "titlecase": ("title",), "slug": ("slug",), "trim": ("trim",), "reverse": ("reverse",),
    "base64": ("base64_encode", "base64_decode"), "hex": ("hex_encode", "hex_decode"), "sha256": ("sha256",), "md5": ("md5",),
    "urlencoding": ("url_encode", "url_decode"), "htmlescaping": ("html_escape", "html_unescape"),
}  # fmt: skip
_REWRITE_FITS_IN = frozenset(
    "text convert turn write create calculate encode decode hash checksum base line title remove get list word letter hex escape".split()
)


def text_convert(heard: Heard) -> Read | None:
    """The operations that are named: case, slug, encodings, hashes, lines sorted or made unique."""
    if heard.any("csv json xml track remember count validate file extract image".split()) - {"file"}:
        return None
    said = [word for word in heard.meanings if word in _REWRITES]
    if {"sha256", "md5"} & set(said):
        said = [word for word in said if word != "hex"]  # how a hash is written anyway
    operations = [name for word in said for name in _REWRITES[word] if _direction(name, heard)]
    lines = heard.any({"line", "row"})
    for word, operation in (("sort", "sort_lines"), ("duplicate", "unique_lines")):
        if lines and heard.any({word}):
            said, operations = [*said, word], [*operations, operation]
    if not operations:
        return None
    return Read(
        {"operations": list(dict.fromkeys(operations))},
        tuple(dict.fromkeys(said)),
        _REWRITE_FITS_IN | frozenset(said) | {"row"},
    )


def _direction(operation: str, heard: Heard) -> bool:
    """False for decoding when only encoding is said, and the reverse."""
    doing = [
        word for token, word in zip(heard.tokens, heard.meanings, strict=True) if not token.endswith("ed")
    ]
    encode, decode = "encode" in doing, "decode" in doing  # what is encoded already asks for nothing
    if encode == decode:
        return True
    return not operation.endswith(("_decode", "_unescape") if encode else ("_encode", "_escape"))
