"""Answers that are kept: the one not used for longest goes, by count and by bytes."""

from __future__ import annotations

from cupel.pulls.kept import Kept


def names(kept: Kept[str], *paths: str) -> list[str]:
    return [path for path in paths if kept.get(path)]


def test_the_one_not_used_for_longest_goes_first() -> None:
    kept: Kept[str] = Kept(most=2)
    kept.put("/a", "tag", "A", 1)
    kept.put("/b", "tag", "B", 1)

    assert kept.get("/a") == ("tag", "A")
    kept.put("/c", "tag", "C", 1)

    assert names(kept, "/a", "/b", "/c") == ["/a", "/c"]


def test_bytes_are_bounded_and_counted_anew_when_an_answer_takes_another_s_place() -> None:
    kept: Kept[str] = Kept(most_bytes=100)
    for _ in range(3):
        kept.put("/a", "tag", "A", 60)
    kept.put("/b", "tag", "B", 40)
    assert names(kept, "/a", "/b") == ["/a", "/b"]

    kept.put("/c", "tag", "C", 61)

    assert names(kept, "/a", "/b", "/c") == ["/c"]


def test_what_is_too_long_or_without_a_tag_is_not_kept_and_ends_what_was() -> None:
    kept: Kept[str] = Kept(most_bytes=100)
    kept.put("/a", "tag", "A", 1)
    kept.put("/b", "tag", "B", 1)

    kept.put("/a", "", "A", 1)
    kept.put("/b", "tag", "B", 101)

    assert names(kept, "/a", "/b") == []
