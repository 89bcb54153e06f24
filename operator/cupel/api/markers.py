"""What models tell the API server beyond JSON Schema: CEL rules and list types; `structural` keeps them."""

from __future__ import annotations

from typing import Any, Literal

Extra = dict[str, Any]
VALIDATIONS = "x-kubernetes-validations"
LIST_TYPE = "x-kubernetes-list-type"
LIST_KEYS = "x-kubernetes-list-map-keys"
MAP_TYPE = "x-kubernetes-map-type"


def rule(
    cel: str, message: str, *, field: str = "", when: Literal["Written", "Created"] = "Written"
) -> Extra:
    """One CEL rule; `field` (such as `.inline`) is the field the API server's message names.

    A rule for what is `Created` leaves objects alone that are older than it, their status included.
    """
    said: Extra = {"rule": cel, "message": message}
    if when == "Created":
        said = {**said, "rule": f"oldSelf.hasValue() || {cel}", "optionalOldSelf": True}
    return {**said, "fieldPath": field} if field else said


def rules(*each: Extra) -> Extra:
    """`json_schema_extra` of a model or field that must keep these CEL rules."""
    return {VALIDATIONS: list(each)}


def keyed_by(name: str) -> Extra:
    """`json_schema_extra` of a list whose items are told apart by this field."""
    return {LIST_TYPE: "map", LIST_KEYS: [name]}


UNIQUE: Extra = {LIST_TYPE: "set"}
"""A list that is a set: no value twice, and its order does not matter."""

ATOMIC_MAP: Extra = {MAP_TYPE: "atomic", "default": {}}
"""A map with one owner: managedFields name it once, not every key."""

ONE_WRITER: Extra = {MAP_TYPE: "atomic"}
"""An object written as a whole by one process: managedFields name it once, not every field."""

EMPTY: Extra = {"default": {}}
"""An absent object is an empty one."""
