"""No wish takes long, whatever it is made of: wishes come from strangers, and the operator reads them."""

from __future__ import annotations

import time

import pytest

from cupel.templates.catalogue import TEMPLATES
from cupel.wishes.choose import choose
from cupel.wishes.same import likeness
from cupel.wishes.search import Document, Index

PIECES = [
    "a", " ", "a ", "columns a, ", "columns a and ", "sum of ", "extract x like 1", "between 'a' and ", "of ", "from C to F ", "1,", "1.1 ",
    "https://a.b/", "https://", "{a}", "csv json ", "total a by b csv ", "track ", "I want to ", "each a ", "aB", "é", "水", "\u200b", "%", "'",
    "95th and ", "http://1.", "send passwords ", "ignore ", "-", "_", "e-mail ", "dni robocze ", "no tool to ",
    "sorted by a ", "where a is ", "rename a to ", "in a b ", ", who a ", "that a b ", "of the a ", "keep a, ", "between A and ", "12:00 what time ",
]  # fmt: skip
STARTS = [
    "",
    "csv columns ",
    "extract text ",
    "track ",
    "json fields ",
    "xml fields a each ",
    "mean of ",
    "get https://a.example/",
]
INDEX = Index.of([Document("word-count", "Counts the words in a text.")])


@pytest.mark.parametrize("piece", PIECES)
def test_no_wish_takes_long(piece: str) -> None:
    for start in STARTS:
        wish = (start + piece * 2000)[:2000]
        started = time.process_time()
        choose(wish, (), TEMPLATES)
        INDEX.search(wish)
        likeness(wish, wish[::-1])

        assert time.process_time() - started < 0.5, start
