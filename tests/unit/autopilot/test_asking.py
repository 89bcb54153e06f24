"""Which revisions the gateway is asked about when more fail at once than one look asks about, and what excuses hold."""

from __future__ import annotations

from cupel.autopilot.asking import HOLDS_SECONDS, LATER, MOST_ASKED, Excuses
from cupel.control.one_caller import Alone

MANY = 3 * MOST_ASKED
NAMES = [f"sha256-{row}" for row in range(MANY)]


def test_of_many_that_fail_each_is_asked_about_in_turn_and_none_is_judged_before() -> None:
    excuses, rows, asked = Excuses(MANY), range(MANY), set[int]()
    for look in range(3):
        due = excuses.due(rows, NAMES, look)
        assert len(due) == MOST_ASKED
        assert not asked & set(due)
        asked |= set(due)
        for row in set(rows) - set(due):
            assert excuses.waits(row, NAMES[row], look) == ("" if row in asked else LATER)

    assert asked == set(rows)


def test_another_revision_of_the_row_was_not_asked_about() -> None:
    excuses = Excuses(1)
    excuses.due([0], ["sha256-a"], 0.0)

    assert excuses.waits(0, "sha256-a", 1.0) == ""
    assert excuses.waits(0, "sha256-b", 1.0) == LATER


def test_an_excuse_holds_for_a_minute_of_silence_and_not_against_what_others_say() -> None:
    excuses, name = Excuses(1), "sha256-a"
    said = excuses.words(0, name, Alone("token/eve", 5, 5, 0, 50), 0.0)

    assert "`token/eve` (5 bad of 5; of all others 0 of 50)" in said
    assert excuses.words(0, name, "Unknown", HOLDS_SECONDS - 1) == said
    assert excuses.words(0, "sha256-b", "Unknown", 1.0) == ""
    assert excuses.words(0, name, "Unknown", HOLDS_SECONDS) == ""
    excuses.words(0, name, Alone("token/eve", 5, 5, 0, 50), 100.0)
    assert excuses.words(0, name, "Others", 101.0) == ""
    assert excuses.words(0, name, "Unknown", 102.0) == ""


def test_a_name_is_shown_in_one_line_and_no_longer_than_a_message_has_room_for() -> None:
    said = Excuses(1).words(0, "sha256-a", Alone("token/a\nb" + "x" * 500, 5, 5, 0, 50), 0.0)

    assert "\n" not in said
    assert len(said) < 300
