"""The reader of the template that asks one server for JSON: address, path, query, and the fields that are named."""
# ruff: noqa: E501  # tables of words

from __future__ import annotations

import re

from cupel.api.common import JsonObject

from .heard import Heard
from .naming import identifier, listed, words_of
from .reading import Read, in_order
from .words import words

_ASKING = frozenset("get find read call json http pick extract".split())
_FITS_IN = frozenset(
    "return give answer show result api url field value document response request query http".split()
)
_NEVER = frozenset("csv html xml track image upload send translate summarise remind compare every".split())
_SLOT = re.compile(r"\{([A-Za-z][A-Za-z0-9_]{0,39})\}")
_ADDRESS = re.compile(r"https://(?P<host>[^/?#]+)(?P<path>/[^?#%]*)?(?:\?(?P<query>[^#%+]*))?")
_SECRET = re.compile(r"key|token|secret|pass|auth|sig", re.IGNORECASE)


def http_json(heard: Heard) -> Read | None:
    """One https address; {name} in its path becomes an argument, its query stays as it is; no keys in it."""
    asking = in_order(_ASKING, heard)
    if len(heard.urls) != 1 or not asking or heard.any(_NEVER):
        return None
    address = _ADDRESS.fullmatch(heard.urls[0])
    query = (
        [part.partition("=")[::2] for part in address["query"].split("&") if part]
        if address and address["query"]
        else []
    )
    if not address or any(_SECRET.search(name) or not value for name, value in query):
        return None
    names = [
        name for name in listed(heard.text.replace(heard.urls[0], "")) if re.fullmatch(r"[\w.]{1,80}", name)
    ]
    parameters: JsonObject = {"server": f"https://{address['host']}", "path": address["path"] or "/"}
    if slots := _SLOT.findall(address["path"] or ""):
        parameters["inputs"] = [
            {"name": identifier(s), "place": "path", "field": s} for s in dict.fromkeys(slots)
        ]
    if query:
        parameters["query"] = [{"name": name, "value": value} for name, value in query]
    if names:
        parameters["fields"] = [{"path": name} for name in names]
    explained = frozenset(words(heard.urls[0])) | words_of(names) | _FITS_IN | _ASKING
    return Read(parameters, (*asking, address["host"]), explained)
