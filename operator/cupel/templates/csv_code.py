"""The code of template csv-shape."""

from __future__ import annotations

from .conditions import CODE as CONDITIONS

CODE = (
    '''
"""Rows of a CSV text, reshaped. The first line names the columns."""

import csv
import io
import math
import re

# parameters


def check(header):
    for column in COLUMNS:
        if column not in header:
            raise ValueError("there is no column " + column + "; there are " + ", ".join(header))


def records(table):
    """The lines below the first as objects, by column; empty cells are None."""
    plain = io.StringIO(table.removeprefix("\\ufeff"))
    lines = [line for line in csv.reader(plain, delimiter=DELIMITER) if any(map(str.strip, line))]
    if not lines:
        raise ValueError("the text is empty: its first line must name the columns")
    header = [name.strip() for name in lines[0]]
    # known
    blank = [""] * len(header)
    return [{name: cell.strip() or None for name, cell in zip(header, line + blank)} for line in lines[1:]]


def a_number(cell, column):
    """The cell as a number: without spaces and marks between thousands."""
    if cell is None:
        return None
    plain = re.sub("[ \\u00a0\\u202f" + THOUSANDS + "]", "", cell).replace(DECIMAL, ".")
    if not re.fullmatch("[+-]?[0-9]+([.][0-9]+)?", plain):
        raise ValueError(repr(cell[:40]) + " in column " + column + " is no number")
    return float(plain)

'''
    + CONDITIONS
    + '''

def wanted(row):
    return all(
        (
            # where
        )
    )


def selected(row):
    cells = {
        # columns
    }
    return without_none(cells)


def total(values):
    return math.fsum(values)


def mean(values):
    return math.fsum(values) / len(values) if values else None


def smallest(values):
    return min(values, default=None)


def largest(values):
    return max(values, default=None)


def cells(rows, column):
    return [row[column] for row in rows if row[column] is not None]


def numbers(rows, column):
    return [a_number(cell, column) for cell in cells(rows, column)]


def aggregated(rows):
    figures = {
        # aggregates
    }
    return without_none(figures)


def grouped(rows):
    groups = {}
    for row in rows:
        key = selected(row)
        groups.setdefault(tuple(key.items()), (key, []))[1].append(row)
    return [{**key, **aggregated(members)} for key, members in groups.values()]


def by_field(row):
    """Nothing first, then numbers or texts in their order."""
    return (True, row[SORT_BY]) if SORT_BY in row else (False, 0)


def run(table: str) -> dict:
    # rows
    # shape
    # sort
    return {"rows": shaped[:LIMIT], "count": len(shaped)}
'''
)
