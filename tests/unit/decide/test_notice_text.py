"""How notices read, and that nothing a stranger wrote does more than be read."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.decide.builders import revision, window
from tests.unit.decide.test_notices import REFUSED, SERVED, WAITS, known, refused, waits

from cupel.decide.notice_text import MAX_BODY, MAX_TITLE, Letter, letter, message
from cupel.decide.notices import Key

NOTICE = dataclasses.replace(
    known(waits(onBehalfOf="agent"), revision(approval=window("Waiting")))[0], message="waits for 1 more"
)


def test_a_letter_says_what_where_why_who_until_when_and_what_to_do() -> None:
    written = letter(NOTICE, 1, "prod")

    assert written.title == "[Cupel prod] tools/word-count waits for approval until 2030-01-02 12:00:00 UTC"
    assert written.body.splitlines() == [
        "GeneratedTool word-count in namespace tools, revision word-count-1",
        "Reason: AwaitingApproval, since 2030-01-01 12:00:00 UTC",
        "Deadline: 2030-01-02 12:00:00 UTC, then it is refused",
        "Asked for by: agent, alice",
        "Message: waits for 1 more",
        "What to do:",
        "  kubectl cupel approve word-count -n tools   # by somebody who did not ask for it",
        "  kubectl cupel reject word-count -n tools",
        f"Notice {written.id}",
    ]
    assert written.line == (
        "tools/word-count waits for approval until 2030-01-02 12:00:00 UTC. "
        f"kubectl cupel approve word-count -n tools (notice {written.id})"
    )


@pytest.mark.parametrize(
    ("notice", "telling", "title"),
    [
        (SERVED, 1, "[Cupel] tools/word-count is served"),
        (REFUSED, 1, "[Cupel] tools/word-count is refused: CodeRefused"),
        (known(refused("Condemned"))[0], 1, "[Cupel] tools/word-count was rolled back"),
        (known(waits("Paused"))[0], 1, "[Cupel] tools/word-count waits for a person: Paused"),
        (known(waits("Paused"))[0], 2, "[Cupel] Reminder: tools/word-count waits for a person: Paused"),
    ],
)  # fmt: skip
def test_titles(notice: object, telling: int, title: str) -> None:
    assert letter(notice, telling, "").title == title  # type: ignore[arg-type]


def test_the_number_of_a_notice_is_the_same_for_the_same_news_alone() -> None:
    ids = {letter(notice, telling, "").id for notice in (SERVED, REFUSED, WAITS) for telling in (1, 2)}

    assert len(ids) == 6
    assert letter(SERVED, 1, "").id == letter(dataclasses.replace(SERVED, message="else"), 1, "prod").id


@given(st.text(min_size=1, max_size=4096), st.text(min_size=1, max_size=253), st.text(max_size=512))
def test_a_letter_keeps_its_bounds_its_lines_and_its_number(text: str, who: str, detail: str) -> None:
    odd = dataclasses.replace(
        NOTICE, message=text, requesters=(who,) * 3, details=(detail,) * 3, tool="x" * 253
    )

    written = letter(odd, 1, "prod")

    assert len(written.body) <= MAX_BODY and len(written.title) <= MAX_TITLE
    assert written.body.splitlines()[-1] == f"Notice {written.id}"
    assert len(written.body.splitlines()) <= 12


def many(number: int, namespaces: int = 1) -> list[Letter]:
    made = []
    for count in range(number):
        one = (WAITS, REFUSED, SERVED)[count % 3]
        where = f"team-{count % namespaces}"
        key = Key(f"uid-{count}", 1, one.key.reason)
        made.append(letter(dataclasses.replace(one, key=key, namespace=where, tool=f"tool-{count}"), 1, ""))
    return made


def test_one_letter_goes_as_it_is() -> None:
    (one,) = many(1)

    assert message([one], "b", "") == (one.title, one.body)


def test_a_few_go_in_one_message_with_all_their_numbers() -> None:
    letters = many(6)

    title, body = message(letters, "b-1", "prod")

    assert title == "[Cupel prod] 6 notices: 2 Waiting, 2 Refused, 2 Served"
    assert (
        body.splitlines()[0] == "team-0: 2 Waiting AwaitingApproval, 2 Refused CodeRefused, 2 Served Serving"
    )
    assert all(f"(notice {one.id})" in body for one in letters)
    assert body.splitlines()[2].startswith("team-0/tool-0 waits for approval")
    assert body.splitlines()[-1] == "Message b-1"


@pytest.mark.parametrize("namespaces", [1, 500])
def test_a_storm_is_one_message_that_names_what_is_urgent_and_counts_the_rest(namespaces: int) -> None:
    title, body = message(many(500, namespaces), "b-1", "")

    assert title == "[Cupel] 500 notices: 167 Waiting, 167 Refused, 166 Served"
    assert len(body) <= MAX_BODY
    told = body.count("(notice ")
    assert told >= 3
    assert f"and {500 - told} more: kubectl cupel get -n NAMESPACE" in body
    assert body.splitlines()[-1] == "Message b-1"


def waiting(namespace: str, number: int) -> list[Letter]:
    made = []
    for count in range(number):
        key = Key(f"uid-{namespace}-{count}", 1, "AwaitingApproval")
        one = dataclasses.replace(WAITS, key=key, namespace=namespace, tool=f"tool-{count:02}")
        made.append(letter(one, 1, ""))
    return made


def test_a_storm_in_one_namespace_leaves_the_others_their_lines() -> None:
    _, body = message([*waiting("aaa", 200), *waiting("payments", 3), *waiting("zzz", 1)], "b", "")

    told = [line.partition(" ")[0] for line in body.splitlines() if "(notice " in line]
    assert told[:7] == [
        "aaa/tool-00", "payments/tool-00", "zzz/tool-00", "aaa/tool-01", "payments/tool-01", "aaa/tool-02",
        "payments/tool-02",
    ]  # fmt: skip
    assert told[7] == "aaa/tool-03"
