"""What a text is reduced to before it is compared."""

from __future__ import annotations

import pytest

from cupel.wishes.words import LONGEST_TEXT, words

TABLE = [
    ("case, accents and plurals are folded", "Kilogramów KILOGRAMS quilogramas", ("kg", "kg", "kg")),
    ("three languages meet in one concept", "śledzić track acompanhar", ("track", "track", "track")),
    ("grammar and framing say nothing", "I need a tool that, please, for the", ()),
    ("a name of a tool is read as its words", "wordCount word-count word_count", ("word", "count") * 3),
    ("a phrase is one word", "working days, dni robocze, dias úteis", ("workday", "workday", "workday")),
    ("an unknown word loses its ending", "invoices invoice", ("invoic", "invoic")),
    ("numbers stay, single letters go", "add 23 to x y", ("add", "23")),
    ("signs of money and percent are words", "5% of €3", ("5", "percent", "EUR", "3")),
    ("a not is kept", "words without vowels", ("word", "not", "vowel")),
    ("the Portuguese no is no not", "no texto", ("text",)),
    ("nothing comes of nothing", " \t\n", ()),
    ("other scripts are left as they are", "水 كلمة слово", ("水", "كلمة", "слово")),
]


@pytest.mark.parametrize(("text", "meant"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE])
def test_a_text_is_reduced_to(text: str, meant: tuple[str, ...]) -> None:
    assert words(text) == meant


def test_a_long_text_is_read_up_to_a_limit() -> None:
    assert len(words("pizza " * LONGEST_TEXT)) <= LONGEST_TEXT // 6 + 1
