"""The code of tools that make one HTTP call."""

from __future__ import annotations

import keyword

from .paths_code import path_code
from .renaming import defined_names

CODE = (
    '''
"""One call to one server, which the egress proxy makes."""

import json
from urllib.parse import quote, urlencode

# parameters


def shown(value):
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def in_path(value):
    """One step of a path: what could lead elsewhere is refused or escaped."""
    if shown(value) in ("", ".", ".."):
        raise ValueError(repr(value) + " cannot stand in the address")
    return quote(shown(value), safe="")


def query(pairs):
    given = [(name, value) for name, value in pairs if value is not None]
    listed = [(name, value if isinstance(value, list) else [value]) for name, value in given]
    flat = [(name, shown(value)) for name, values in listed for value in values]
    return "?" + urlencode(flat, quote_via=quote) if flat else ""


def header(value):
    if not shown(value).isprintable() or not shown(value).isascii():
        raise ValueError(repr(value) + " cannot stand in a header")
    return shown(value)


def without_none(fields):
    return {name: value for name, value in fields.items() if value is not None}


def compact(value):
    return json.dumps(value, separators=(",", ":"), sort_keys=True)


def parsed(answer):
    try:
        return json.loads(answer.text, parse_constant=str)
    except ValueError:
        raise ValueError("the server's answer is no JSON") from None


def accepted(answer):
    """The answer, when the server did what it was asked."""
    if not 200 <= answer.status <= 299:
        raise ValueError("the server answered " + str(answer.status) + ": " + answer.text[:200])
    return answer


'''
    + path_code("reach")
    + """


def a_text(found, path):
    value = reach(found, path)
    if value is None or isinstance(value, str):
        return value
    raise ValueError("in the answer, " + path + " is no text")


def a_number(found, path):
    value = reach(found, path)
    if value is None or (isinstance(value, (int, float)) and not isinstance(value, bool)):
        return value
    raise ValueError("in the answer, " + path + " is no number")


def a_flag(found, path):
    value = reach(found, path)
    if value is None or isinstance(value, bool):
        return value
    raise ValueError("in the answer, " + path + " is no flag")


# signature
    # call
    # told
"""
)

OF_FLAGS = """    if isinstance(value, bool):
        return "true" if value else "false"
"""
OF_WORDS = """    if shown(value) in ("", ".", ".."):
        raise ValueError(repr(value) + " cannot stand in the address")
"""

RESERVED = (
    defined_names(CODE)
    | frozenset(keyword.kwlist)
    | {"url", "headers", "body", "answer", "found", "run", "ctx"}
)
"""Names an argument cannot have: what run() calls, and what it keeps its own things in."""
