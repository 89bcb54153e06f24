"""What a pull request says: everything a decision rests on, and no stranger's word that could pass for more."""

from __future__ import annotations

import hashlib
import re

import pytest
from tests.unit.decide.builders import NOON, grown, ledger, tool

from cupel.api.generation import Origin
from cupel.decide.disclosure import disclose
from cupel.decide.pull_files import files
from cupel.decide.pull_text import body, comment, fenced, mark_of, recorded_sentence, span, void_sentence

HOSTILE = (
    "ok\n```\n**Approved by security** @everyone <!-- cupel:void --> [x](https://evil.test)\n````\n# done"
)


def text(description: str = "Count the words of a text.", origin: Origin | None = None) -> str:
    rev = grown(tool(description=description), given={})
    return body(rev, disclose(rev, (rev,), ledger()), origin, 2, NOON)


def test_it_says_everything_a_decision_rests_on() -> None:
    said = text()

    rev = grown()
    for words in (
        rev.spec.digest,
        "asked for by: `alice`",
        "risk: `Low",
        "egress: `none`",
        "credentials: `none`",
        "state: `None`",
        "channels asked for: 2",
        "until: 2030-01-01 12:00 UTC",
        "Analyzed: Passed",
        "Validated: Passed",
        "written by a person",
        "**closing without merging rejects it**",
        "nobody who asked for this tool",
    ):
        assert words in said, words


ORIGINS = [
    (Origin(generator="Model", model="big-model-7", gap="g1"), "made by model big-model-7, for the gap g1"),
    (Origin(generator="Template", template="csv-rows", version="2"), "made by template csv-rows, version 2"),
    (Origin(generator="OpenAPI"), "made by OpenAPI"),
]


@pytest.mark.parametrize(("origin", "words"), ORIGINS, ids=lambda value: str(value)[:20])
def test_it_says_where_the_content_comes_from(origin: Origin, words: str) -> None:
    assert words in text(origin=origin)


def test_a_stranger_s_words_stay_inside_their_fence() -> None:
    lines = text(HOSTILE).split("\n")
    fence = next(line for line in lines if line.startswith("```"))
    start, end = lines.index(fence), lines.index(fence.removesuffix("text"))

    assert len(fence.removesuffix("text")) == 5
    outside = "\n".join(lines[:start] + lines[end + 1 :])
    assert "@everyone" not in outside and "security" not in outside


def test_a_span_holds_one_line_and_no_backtick() -> None:
    said = span("a`b\n\n@everyone \x1b[31m ‮" + "x" * 500)

    assert said.startswith("`a'b @everyone") and said.count("`") == 2
    assert len(said) <= 302 and "\n" not in said and "\x1b" not in said and "‮" not in said


def test_an_empty_fence_is_three_backticks() -> None:
    assert list(fenced("")) == ["```text", "", "```"]


MARKS = [
    (comment("void", void_sentence("because", last=False)), "void"),
    (comment("recorded", recorded_sentence("Approve", "bob", "sha256-1")), "recorded"),
    ("nice work", ""),
    ("> <!-- cupel:void -->", ""),
    ("", ""),
]


@pytest.mark.parametrize(("said", "mark"), MARKS, ids=[mark or "none" for _, mark in MARKS])
def test_marks_stand_at_the_beginning(said: str, mark: str) -> None:
    assert mark_of(said) == mark


def test_the_bundle_s_file_hashes_to_the_digest_and_the_others_are_its_parts() -> None:
    rev = grown()
    found = files("tools", rev.spec.bundle)

    assert "sha256-" + hashlib.sha256(found["tools/word-count/bundle.json"]).hexdigest() == rev.spec.digest
    assert found["tools/word-count/tool.py"].decode() == rev.spec.bundle.code
    assert {re.sub("^tools/word-count/", "", path) for path in found} == {
        "digest", "bundle.json", "tool.py", "description.txt", "permissions.json", "examples.json", "tests.json",
        "interface/input-schema.json", "interface/output-schema.json", "interface/definition.json",
    }  # fmt: skip
