"""What answers each wish of the tables, and how often that is right: `PYTHONPATH=operator:. python -m tests.unit.wishes.accuracy`."""

from __future__ import annotations

import json
from collections.abc import Iterable

from tests.unit.wishes.held_out_fresh import HELD_OUT_FRESH
from tests.unit.wishes.held_out_second_sight import (
    BEYOND_SECOND_SIGHT,
    HELD_OUT_SECOND_SIGHT,
    HOSTILE_SECOND_SIGHT,
)
from tests.unit.wishes.held_out_spoken import BEYOND_NEAR, BEYOND_SPOKEN, HELD_OUT_SPOKEN, HOSTILE_SPOKEN
from tests.unit.wishes.hostile_held_out import HELD_OUT_HOSTILE
from tests.unit.wishes.told import (
    BEYOND,
    BEYOND_HELD_OUT,
    FAMILIES,
    HELD_OUT,
    HELD_OUT_AGAIN,
    HELD_OUT_AS_AGENTS_SAY,
    HELD_OUT_FINAL,
    HELD_OUT_LAST,
    HOSTILE,
    WISHES,
    Told,
)
from tests.unit.wishes.tools import TOOLS

from cupel.templates.catalogue import TEMPLATES
from cupel.wishes.choose import choose
from cupel.wishes.hostile import refused_because
from cupel.wishes.search import FITS, Document, Index

TABLES = (
    ("the 40", WISHES),
    ("held out first", HELD_OUT),
    ("held out second", HELD_OUT_AGAIN),
    ("held out third", HELD_OUT_LAST),
    ("held out, as agents say", HELD_OUT_AS_AGENTS_SAY),
    ("held out from the finished code", HELD_OUT_FINAL),
    ("held out afresh", HELD_OUT_FRESH),
    ("held out as spoken", HELD_OUT_SPOKEN),
    ("held out for a second sight", HELD_OUT_SECOND_SIGHT),
)
INDEX = Index.of(Document(*tool) for tool in TOOLS)


def answer(wish: str) -> tuple[str, str]:
    """`tool:NAME`, a template's name, "refused" or nothing; and the parameters as text."""
    if refused_because(wish):
        return "refused", ""
    hits = INDEX.search(wish, 1)
    if hits and hits[0].score >= FITS:
        return f"tool:{hits[0].name}", ""
    choice = choose(wish, (), TEMPLATES)
    return (choice.template, json.dumps(choice.parameters)) if choice else ("", "")


def by_search_alone(wish: str) -> tuple[str, str]:
    """What the search says when the templates are documents among the tools: the figure that reading must beat."""
    index = INDEX
    for template in TEMPLATES.values():
        text = f"{template.title}. {template.summary}"
        index = index.with_(Document(template.name, text, (), template.keywords))
    hits = index.search(wish, 1)
    if not hits or hits[0].score < FITS:
        return "", ""
    return (hits[0].name, "") if hits[0].name in TEMPLATES else (f"tool:{hits[0].name}", "")


def right(told: Told, given: str, parameters: str) -> bool:
    """The expected tool, or a template of the expected family with what its parameters must carry."""
    if told.answer.startswith("tool:"):
        return given == told.answer
    return given in FAMILIES[told.answer] and all(each in parameters for each in told.carries)


def wrong(rows: Iterable[Told]) -> list[tuple[Told, str, str]]:
    """The rows that are not answered as expected."""
    given = [(told, *answer(told.wish)) for told in rows]
    return [row for row in given if not right(*row)]


def main() -> None:
    for name, rows in TABLES:
        missed = wrong(rows)
        alone = [told for told in rows if right(told._replace(carries=()), *by_search_alone(told.wish))]
        for language in ("en", "pl", "pt"):
            spoken = [told for told in rows if told.language == language]
            print(
                f"{name}, {language}: {len(spoken) - sum(t.language == language for t, _, _ in missed)} of {len(spoken)}"
            )
        print(f"{name}: {len(rows) - len(missed)} of {len(rows)}; search alone {len(alone)}")
        for told, given, parameters in missed:
            print(f"  {told.wish!r}: {given or 'nothing'} {parameters}, not {told.answer} {told.carries}")
    for name, wishes in (
        ("hostile", HOSTILE),
        ("hostile, held out", HELD_OUT_HOSTILE),
        ("hostile, as spoken", HOSTILE_SPOKEN),
        ("beyond the templates", (*BEYOND, *BEYOND_HELD_OUT)),
        ("beyond the templates, as spoken", BEYOND_SPOKEN),
        ("near the templates", BEYOND_NEAR),
        ("of the second sight, beyond or hostile", (*BEYOND_SECOND_SIGHT, *HOSTILE_SECOND_SIGHT)),
    ):
        given = [answer(wish)[0] for wish in wishes]
        passed = [wish for wish, each in zip(wishes, given, strict=True) if each not in ("", "refused")]
        print(
            f"{name}: {len(wishes)}, of them answered {len(passed)} {passed}, refused by name {given.count('refused')}"
        )


if __name__ == "__main__":
    main()
