"""Search among tools: what answers, what only comes near, and that one tool more costs no rebuild."""

from __future__ import annotations

import pytest
from tests.unit.wishes.asked import ANSWERED, NEAR
from tests.unit.wishes.told import BEYOND, HOSTILE, WISHES
from tests.unit.wishes.tools import TOOLS

from cupel.wishes.search import FITS, Document, Hit, Index

DOCUMENTS = tuple(Document(*tool) for tool in TOOLS)
INDEX = Index.of(DOCUMENTS)


def answer(wish: str) -> str:
    """The tool that is said to answer, or nothing."""
    hits = INDEX.search(wish, 1)
    return hits[0].name if hits and hits[0].score >= FITS else ""


def test_what_is_said_to_answer_does_at_least_nine_times_in_ten() -> None:
    said = [(wish, answer(wish), tool) for wish, tool in ANSWERED]
    said += [(wish, answer(wish), "") for wish in (*NEAR, *BEYOND, *HOSTILE)]
    said += [(told.wish, answer(told.wish), told.answer.removeprefix("tool:")) for told in WISHES]
    claimed = [(wish, given, tool) for wish, given, tool in said if given]
    wrong = [row for row in claimed if row[1] != row[2]]

    assert len(wrong) <= 0.1 * len(claimed), wrong


def test_of_the_wishes_that_a_tool_answers_four_in_five_find_it() -> None:
    missed = [(wish, tool) for wish, tool in ANSWERED if answer(wish) != tool]

    assert len(missed) <= 0.2 * len(ANSWERED), missed


def test_no_hostile_wish_finds_a_tool() -> None:
    assert {wish: answer(wish) for wish in HOSTILE if answer(wish)} == {}


WISH = "count the words in a text"


@pytest.mark.parametrize("wish", ["", "the of a", "水 火", "?" * 2000, "zzz qqq"])
def test_a_wish_that_says_nothing_known_finds_nothing(wish: str) -> None:
    assert INDEX.search(wish) == ()


def test_scores_lie_between_0_and_1_and_fall() -> None:
    for wish, _ in ANSWERED:
        scores = [hit.score for hit in INDEX.search(wish, 100)]
        assert scores == sorted(scores, reverse=True)
        assert all(0 <= score <= 1 for score in scores)


def test_no_more_than_the_limit_is_returned() -> None:
    assert len(INDEX.search(WISH, 2)) == 2


def test_no_tools_no_hits() -> None:
    assert Index.of(()).search(WISH) == ()


def test_a_tool_that_repeats_the_wish_answers_it_even_alone() -> None:
    (hit,) = Index.of([Document("word-count", "Counts the words in a text.")]).search(WISH)

    assert hit.name == "word-count"
    assert hit.score >= FITS


def test_adding_one_by_one_is_as_building_at_once() -> None:
    grown = Index.of(())
    for document in DOCUMENTS:
        grown = grown.with_(document)

    assert grown == INDEX


def test_what_is_removed_leaves_nothing_behind() -> None:
    shrunk = INDEX
    for document in DOCUMENTS:
        shrunk = shrunk.without(document.name)

    assert shrunk == Index.of(())


def test_a_tool_of_the_same_name_takes_the_place_of_the_former() -> None:
    changed = INDEX.with_(Document("word-count", "Rolls dice."))

    assert changed == Index.of(
        [d for d in DOCUMENTS if d.name != "word-count"] + [Document("word-count", "Rolls dice.")]
    )
    assert INDEX.search(WISH)[0].name == "word-count"  # the old index is as it was


def test_removing_what_is_not_there_changes_nothing() -> None:
    assert INDEX.without("nothing") is INDEX


def test_equal_scores_come_by_name() -> None:
    twins = Index.of([Document(name, "Counts words.") for name in ("b", "c", "a")])

    assert [hit.name for hit in twins.search("count words")] == ["a", "b", "c"]


def test_what_is_named_in_a_wish_matters_little() -> None:
    plain, named = (
        INDEX.search(wish, 1)[0] for wish in ("weather now in a city", "weather now in the city of Zakopane")
    )

    assert plain == Hit("weather-now", plain.score)
    assert named.score >= 0.85 * plain.score
