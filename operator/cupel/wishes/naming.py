"""Names that a wish gives to columns, fields and arguments, as written."""

# ruff: noqa: E501  # tables of words
from __future__ import annotations

import re
from collections.abc import Iterable

from cupel.api.common import JsonObject

from .heard import Heard
from .words import folded

_LISTED = re.compile(
    r"(?:columns?|fields?|keys?|values?|kolumn\w*|pola|p[oó]l|colunas?|campos?|chaves?)(?: (?:named|called|such as|like|o nazwie|chamad[oa]s))?:? "
    r"((?:[\"'`]?[A-Za-z_@$][\w.@$\-]{0,60}[\"'`]?(?:, ?(?:and |i |e |oraz )?| and | i | e | oraz | & )){0,15}[\"'`]?[A-Za-z_@$][\w.@$\-]{0,60}[\"'`]?)",
)
_NAME = r"[\"'`]?[A-Za-z_@$][\w.@$\-]{0,60}[\"'`]?"
_KEPT = re.compile(
    rf"\b(?:[Kk]eep|[Kk]eeping|[Jj]ust|[Oo]nly|[Ss]elect|[Pp]ick|[Rr]eturn|[Zz]achowaj|[Ww]ybierz|[Tt]ylko|[Mm]anter|[Aa]penas)(?: only| just| tylko| apenas)? "
    rf"({_NAME}(?:(?:, ?(?:and |i |e |oraz )?| and | i | e | oraz | & ){_NAME}){{1,15}})"
)
"""Two names or more after a word for keeping: "keep id and total"."""
_THEN = re.compile(r",? (?:and )?(?:sort(?:ed)?|order(?:ed)?|group(?:ed)?|where|whose|gdzie|onde)\b.*$")
"""What is said after the names."""
_CONDITION = re.compile(
    rf"\b(?:where|whose|gdzie|onde|cuj[oa]) (?:the |o |a )?({_NAME}) (?:is|are|=|==|equals|equal to|jest|jest równ[yae]|é|e|é igual a) "
    rf"(not )?({_NAME}|-?\d{{1,9}}(?:\.\d{{1,6}})?)"
)
_SORTED = re.compile(
    rf"\b(?:sort(?:ed)?|order(?:ed)?|posortowan\w+|ordenad\w+) (?:by|wed[lł]ug|po|por) (?:the )?({_NAME})(,? (?:descending|largest first|highest first|newest first|malej[aą]co|decrescente))?"
)
_NO_NAME = frozenset(
    "out of from by in into a an the with and to for that i e z ze w na do de da em no na por com que is are it only".split()
)


def listed(text: str) -> tuple[str, ...]:
    """Names after "columns", "fields" and their like: `name` and `price` of "keeping the columns name and price"."""
    rows = [re.split(r",| and | i | e | oraz | & ", match[1]) for match in _LISTED.finditer(text)]
    names = [(name.strip(" \"'`."), len(row)) for row in rows for name in row]
    return tuple(dict.fromkeys(name for name, beside in names if name and not _grammar(name, beside)))


def kept(text: str) -> tuple[str, ...]:
    """Names after "keep", "only" and their like, at least two of them."""
    rows = [
        re.split(r",| and | i | e | oraz | & ", match[1]) for match in _KEPT.finditer(_THEN.sub("", text))
    ]
    names = [name.strip(" \"'`.") for row in rows for name in row]
    return () if any(_grammar(name, 1) for name in names) else tuple(dict.fromkeys(filter(None, names)))


def shaping(text: str) -> tuple[JsonObject, frozenset[str]]:
    """What rows must hold and how they are sorted, as parameters; and the words that said so."""
    test, order = _condition(text), _sorting(text)
    told = [*(test.values() if test else ()), order.get("sortBy", "")]
    return {**({"where": [test]} if test else {}), **order}, words_of(map(str, told)) | (
        {"sort"} if order else set()
    )


def _condition(text: str) -> JsonObject:
    """What a field must be: "where status is open"."""
    found = _CONDITION.search(text)
    if found is None:
        return {}
    test = "not-equals" if found[2] else "equals"
    return {"field": found[1].strip("\"'`"), "is": test, "value": _value(found[3].strip("\"'`."))}


def _value(written: str) -> str | int | float:
    if not re.fullmatch(r"-?\d+(?:\.\d+)?", written):
        return written
    return float(written) if "." in written else int(written)


def _sorting(text: str) -> JsonObject:
    """The field to sort by, and whether the largest comes first; empty when none is named."""
    found = _SORTED.search(text)
    if found is None:
        return {}
    return {"sortBy": found[1].strip("\"'`.,")} | ({"descending": True} if found[2] else {})


def _grammar(name: str, beside: int) -> bool:
    """True for "of" and its like; a lone letter in a row of names is a name."""
    return name.casefold() in _NO_NAME and not (len(name) == 1 and beside > 1)


def identifier(name: str) -> str:
    """A name as a field may be called: ASCII letters, digits and underscores, a letter first."""
    plain = re.sub(r"[^a-z0-9]+", "_", folded(name)).strip("_")[:40]
    return plain if plain[:1].isalpha() else f"n_{plain}"[:40].rstrip("_")


def words_of(names: Iterable[str]) -> frozenset[str]:
    """What names say as words, so that they count as accounted for."""
    return frozenset(word for name in names for word in Heard.of(name).words)
