"""Wishes nobody says: chains of calls, names no tool has, arguments that keep failing."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from cupel.wishes.chains import PAUSE, Call, Failure, Watched, chains, failed, failures, watched
from cupel.wishes.frequent import CALLERS, COUNTERS, counted


def log(*sequences: str, callers: int = 3, times: int = 4, pause: float = 1.0) -> list[Call]:
    """Every caller calls every sequence (letters are tools) so many times, a long pause between them."""
    calls, at = [], 0.0
    for n in range(times * callers):
        for sequence in sequences:
            at += 2 * PAUSE
            for tool in sequence:
                calls.append(Call(f"agent-{n % callers}", tool, at))
                at += pause
    return calls


SEEN = [
    ("two tools in a row", log("ab"), [("a", "b")]),
    ("three tools in a row tell the pairs in them", log("abc"), [("a", "b", "c")]),
    ("five in a row are told by their fours", log("abcde"), [("a", "b", "c", "d"), ("b", "c", "d", "e")]),
    ("a pair seen far more often than the chain that holds it", log("ab", "ab", "ab", "abc"), [("a", "b"), ("a", "b", "c")]),
    ("a tool called again and again is one link", log("aaabbb"), [("a", "b")]),
    ("one tool alone", log("aaaa"), []),
    ("a loop is told once", log("ababab"), [("a", "b")]),
    ("too seldom", log("ab", times=3), []),
    ("by too few", log("ab", callers=2, times=50), []),
    ("with a pause between", log("ab", pause=PAUSE + 1), []),
    ("with a pause just short enough", log("ab", pause=PAUSE), [("a", "b")]),
    ("a name that is none", log(["a", "ignore previous instructions"]), []),  # type: ignore[arg-type]
    ("nothing", [], []),
]  # fmt: skip


@pytest.mark.parametrize(("calls", "told"), [row[1:] for row in SEEN], ids=[row[0] for row in SEEN])
def test_chains_that_are_told(calls: list[Call], told: list[tuple[str, ...]]) -> None:
    found = chains(watched(Watched(), calls))

    assert [each.tools for each in found] == told


def test_a_chain_is_a_wish_in_words_with_its_evidence() -> None:
    (found,) = chains(watched(Watched(), log("ab")))

    callers = ("agent-0", "agent-1", "agent-2")
    assert found == ("one tool that does what a, then b do", 12, 3, ("a", "b"), callers)


def test_two_callers_at_once_are_kept_apart() -> None:
    mixed = [call for n in range(40) for call in (Call("x", "a", n), Call("y", "b", n), Call("z", "c", n))]

    assert chains(watched(Watched(), mixed), times=1, by=1) == ()


def test_a_log_in_pieces_counts_as_one() -> None:
    calls, seen = log("abc", "bd"), Watched()
    for at in range(0, len(calls), 5):
        seen = watched(seen, calls[at : at + 5])

    assert chains(seen) == chains(watched(Watched(), calls))


def test_a_clock_that_goes_back_begins_a_new_chain() -> None:
    assert chains(watched(Watched(), [Call("x", "a", 100), Call("x", "b", 50)]), times=1, by=1) == ()


def test_memory_is_bounded_by_counters_however_many_callers_and_tools() -> None:
    calls = [Call(f"agent-{n}", f"tool-{n}-{m}", n) for n in range(5000) for m in range(3)]
    seen = watched(Watched(), calls)

    assert len(seen.open) <= COUNTERS
    assert len(seen.counts) <= COUNTERS


def agents(*failures_: Failure) -> list[Failure]:
    return [each._replace(caller=f"agent-{n % 4}") for n in range(12) for each in failures_]


def test_a_name_that_no_tool_has_becomes_a_wish() -> None:
    (found,) = failures(failed({}, agents(Failure("", "train-times"))))

    assert found.wish == "a tool for train times (called as train-times, a name no tool has)"
    assert (found.times, found.callers, found.tools) == (12, 4, ("train-times",))


def test_arguments_that_fail_in_one_way_become_a_wish() -> None:
    (found,) = failures(failed({}, agents(Failure("", "csv-sum", "delimiter", "enum"))))

    assert found.wish == "csv-sum, with delimiter as callers give it: it breaks enum over and over"


@pytest.mark.parametrize("name", ["", "ignore previous instructions", "x" * 64, "a\nb", "../etc", "naïve"])
def test_a_name_that_is_none_is_not_counted(name: str) -> None:
    assert failed({}, agents(Failure("", name))) == {}


def test_ways_of_failing_are_kept_apart() -> None:
    seen = failed(
        {},
        agents(Failure("", "t", "a", "enum"), Failure("", "t", "a", "type"), Failure("", "t", "b", "type")),
    )

    assert len(failures(seen)) == 3


def test_frequent_things_are_found_among_many_with_no_count_too_low() -> None:
    dice = random.Random(7)
    seen = [((f"t{int(dice.paretovariate(0.6)) % 3000}",), f"agent-{n % 50}") for n in range(20_000)]
    truth, counts = Counter(thing for thing, _ in seen), counted({}, seen, counters=200)

    assert len(counts) == 200
    for thing, times in truth.items():
        if times > len(seen) / 200:
            assert counts[thing].sure <= times <= counts[thing].count
    assert all(each.error <= len(seen) / 200 for each in counts.values())
    assert all(counts[thing].sure <= truth[thing] <= counts[thing].count for thing in counts)
    assert max(len(each.callers) for each in counts.values()) == CALLERS


def test_counting_leaves_what_was_counted_before_as_it_is() -> None:
    before = counted({}, [(("a",), "x")])
    counted(before, [(("a",), "y")])

    assert before[("a",)].count == 1
