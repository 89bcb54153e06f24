"""The code of template json-shape."""

from __future__ import annotations

from .conditions import CODE as CONDITIONS
from .paths_code import path_code

CODE = (
    '''
"""Rows of a JSON text, reshaped."""

import json

# parameters


def refused(word):
    raise ValueError(word + " is no JSON")


def parsed(given):
    try:
        return json.loads(given, parse_constant=refused)
    except ValueError as error:
        raise ValueError("the text is no JSON: " + str(error)) from None


def reach(value, path):
    """What lies at a path of names; None when nothing does."""
    for word in path.split("."):
        value = value.get(word) if isinstance(value, dict) else None
    return value


'''
    + path_code("at")
    + """


def there(found, path):
    if found is None:
        raise ValueError("there is nothing at " + path)
    return found


def rows_of(found):
    if isinstance(found, dict):
        return [found]
    if not isinstance(found, list):
        raise ValueError("what is there is neither a list nor an object")
    for place, row in enumerate(found):
        if not isinstance(row, dict):
            raise ValueError("row " + str(place + 1) + " is no object")
    return found


"""
    + CONDITIONS.strip("\n")
    + '''


def wanted(row):
    return all(
        (
            # where
        )
    )


def a_text(place, path, value):
    if value is None or isinstance(value, str):
        return value
    raise ValueError("row " + str(place + 1) + ": " + path + " is no text")


def a_number(place, path, value):
    if value is None or is_number(value):
        return value
    raise ValueError("row " + str(place + 1) + ": " + path + " is no number")


def a_flag(place, path, value):
    if value is None or isinstance(value, bool):
        return value
    raise ValueError("row " + str(place + 1) + ": " + path + " is no flag")


def picked(place, row):
    shaped = {
        # fields
    }
    return without_none(shaped)


def flat(value, name):
    """The value's parts by their paths."""
    if not isinstance(value, (dict, list)) or not value:
        return {name: value}
    parts = {}
    for key, part in value.items() if isinstance(value, dict) else enumerate(value):
        parts.update(flat(part, name + "." + str(key)))
    return parts


def flattened(place, row):
    parts = {}
    for key, value in row.items():
        parts.update(flat(value, key))
    return parts


def by_number(row):
    return SORT_BY in row, row.get(SORT_BY, 0)


def by_text(row):
    return SORT_BY in row, row.get(SORT_BY, "")


def by_any(row):
    """The rest first, then numbers, then texts."""
    value = row.get(SORT_BY)
    if isinstance(value, str):
        return 2, 0, value
    return (1, value, "") if is_number(value) else (0, 0, "")


def run(document: str) -> dict:
    # rows
    # filter
    # shape
    # sort
    return {"rows": shaped[:LIMIT], "count": len(shaped)}
'''
)
