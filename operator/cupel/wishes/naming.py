"""Names that a wish gives to columns, fields and arguments, as written."""

# ruff: noqa: E501  # tables of words
from __future__ import annotations

import re
from collections.abc import Iterable

from .heard import Heard
from .words import folded

_LISTED = re.compile(
    r"(?:columns?|fields?|keys?|values?|kolumn\w*|pola|p[oó]l|colunas?|campos?|chaves?)(?: (?:named|called|such as|like|o nazwie|chamad[oa]s))?:? "
    r"((?:[\"'`]?[A-Za-z_@$][\w.@$\-]{0,60}[\"'`]?(?:, ?(?:and |i |e |oraz )?| and | i | e | oraz | & )){0,15}[\"'`]?[A-Za-z_@$][\w.@$\-]{0,60}[\"'`]?)",
)
_NO_NAME = frozenset(
    "out of from by in into a an the with and to for that i e z ze w na do de da em no na por com que is are it only".split()
)


def listed(text: str) -> tuple[str, ...]:
    """Names after "columns", "fields" and their like: `name` and `price` of "keeping the columns name and price"."""
    found = (
        name for match in _LISTED.finditer(text) for name in re.split(r",| and | i | e | oraz | & ", match[1])
    )
    names = (name.strip(" \"'`.") for name in found)
    return tuple(dict.fromkeys(name for name in names if name and name.casefold() not in _NO_NAME))


def identifier(name: str) -> str:
    """A name as a field may be called: ASCII letters, digits and underscores, a letter first."""
    plain = re.sub(r"[^a-z0-9]+", "_", folded(name)).strip("_")[:40]
    return plain if plain[:1].isalpha() else f"n_{plain}"[:40].rstrip("_")


def words_of(names: Iterable[str]) -> frozenset[str]:
    """What names say as words, so that they count as accounted for."""
    return frozenset(word for name in names for word in Heard.of(name).words)
