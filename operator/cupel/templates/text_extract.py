"""Template text-extract: what a text holds of a kind, of a pattern, or between two marks."""

from __future__ import annotations

import re
from typing import Annotated

import re2  # type: ignore[import-untyped]  # google-re2 ships no types
from pydantic import Field, StrictBool, StrictInt, model_validator

from cupel.api.common import JsonObject, Model
from cupel.api.trial import Trial

from .literals import literal
from .patterns import Unsafe, atoms_of, sample
from .problem import TemplateProblem
from .schemas import closed, listing, text
from .template import Made, Template
from .text_kinds import FACTS, KINDS, Kind
from .trials import Metamorphic, fails, gives
from .words import FieldName, Parameters, Plain, phrases

LONGEST = 20_000
EMPTY = "nothing of it here"


class Wanted(Model):
    """One thing to find: a kind, a pattern, or what lies between two marks."""

    name: FieldName = Field(description="Its name in the result.")
    kind: Kind | None = Field(default=None, description="A kind that is known.")
    pattern: Annotated[str, Field(min_length=1, max_length=200)] | None = Field(
        default=None,
        description=r"A pattern such as INV-(\d{4,8}); what the group holds is told, or all of it.",
    )
    after: Plain | None = Field(default=None, description="What comes before it. With `before`.")
    before: Plain | None = Field(default=None, description="What comes behind it. With `after`.")

    @model_validator(mode="after")
    def _one_way(self) -> Wanted:
        if (self.after is None) != (self.before is None):
            raise TemplateProblem("before", "`after` and `before` belong together")
        if [self.kind, self.pattern, self.after].count(None) != 2:
            raise TemplateProblem(
                "kind", "exactly one of `kind`, `pattern`, and `after` with `before` must be given"
            )
        if self.pattern is not None:
            try:
                atoms_of(self.pattern)
            except Unsafe as error:
                raise TemplateProblem("pattern", str(error)) from None
        return self

    @property
    def regex(self) -> str:
        """What finds it. Between marks: as little as possible, up to the first mark after it."""
        if self.pattern is not None:
            return self.pattern
        return KINDS[self.kind] if self.kind else ""


USUAL = tuple(Wanted(name=f"{kind}s", kind=kind) for kind in ("email", "url", "date", "number"))


class TextExtract(Parameters):
    """What is looked for."""

    wanted: Annotated[tuple[Wanted, ...], Field(min_length=1, max_length=16)] = Field(
        default=USUAL, description="What is looked for, by name."
    )
    unique: StrictBool = Field(default=False, description="Tell each thing once.")
    ignore_case: StrictBool = Field(default=False, description="Capitals do not matter.")
    most: Annotated[StrictInt, Field(ge=1, le=1000)] = Field(
        default=100, description="How many of each at most."
    )

    @model_validator(mode="after")
    def _names_differ(self) -> TextExtract:
        if len({each.name for each in self.wanted}) != len(self.wanted):
            raise TemplateProblem("wanted", "each must have a name of its own")
        return self


CODE = '''
"""Finds things of given kinds in a text, in the order they come."""

import re

# parameters


def matching(text, pattern):
    """What the pattern's group holds, or all it matches."""
    return [found[found.re.groups] for found in re.finditer(pattern, text, FLAGS)]


def between(text, after, before):
    """What lies between the marks, as little as possible."""
    pieces = re.split(re.escape(after), text, flags=FLAGS)[1:]
    ends = [re.search(re.escape(before), piece, FLAGS) for piece in pieces]
    return [piece[: end.start()].strip() for piece, end in zip(pieces, ends) if end]


def told(found):
    # unique
    return found[:MOST]


def run(text: str) -> dict:
    if "\\x00" in text:
        raise ValueError("the text holds a NUL character: it is no plain text")
    return {
        # wanted
    }
'''


def _find(p: TextExtract, each: Wanted, content: str) -> list[str]:
    """What the tool must find. A stranger's own pattern is run by RE2, in linear time."""
    flags = re.IGNORECASE if p.ignore_case else re.NOFLAG
    if each.after is not None and each.before is not None:
        pieces = re.split(re.escape(each.after), content, flags=flags)[1:]
        found = [re.split(re.escape(each.before), piece, maxsplit=1, flags=flags) for piece in pieces]
        every = [parts[0].strip() for parts in found if len(parts) > 1]
    elif each.pattern is not None:
        every = _found(each.regex, content, p)
    else:
        every = [match[match.re.groups] for match in re.finditer(each.regex, content, flags)]
    return (list(dict.fromkeys(every)) if p.unique else every)[: p.most]


def _found(pattern: str, content: str, p: TextExtract) -> list[str]:
    options = re2.Options()
    options.case_sensitive, options.log_errors = not p.ignore_case, False
    try:
        regex = re2.compile(pattern, options)
    except re2.error:
        raise TemplateProblem("wanted.pattern", "cannot be run in linear time; use a simpler one") from None
    return [match.group(regex.groups) for match in regex.finditer(content)]


def _told(p: TextExtract, content: str) -> JsonObject:
    return {each.name: _find(p, each, content) for each in p.wanted}


def _content(each: Wanted) -> str:
    if each.kind:
        return FACTS[each.kind][0]
    if each.pattern is not None:
        return "; ".join(sample(each.pattern, turn) for turn in (0, 1, 1))
    return (
        f"{each.after}one{each.before} and {each.after} two {each.before}, then {each.after}one{each.before}"
    )


def _trials(p: TextExtract) -> tuple[Trial, ...]:
    texts = {each.name: _content(each) for each in p.wanted}
    whole = "\n".join(texts.values())
    first = gives("one-of-each", {"text": whole}, _told(p, whole))
    twice = f"{whole}\n{whole}"
    many = "\n".join([whole] * min(p.most + 1, 12))[:LONGEST]
    capitals = whole.swapcase()
    single = [
        gives(f"only-{place + 1}", {"text": content}, _told(p, content))
        for place, content in enumerate(texts.values())
    ]
    around = Metamorphic("lines-around", first, {"text": f"\n\n{whole}\n\n"})
    return (
        first,
        gives("nothing-there", {"text": EMPTY}, _told(p, EMPTY)),
        gives("empty", {"text": ""}, {each.name: [] for each in p.wanted}),
        *single,
        gives("twice", {"text": twice}, _told(p, twice)),
        gives("many", {"text": many}, _told(p, many)),
        gives("other-case", {"text": capitals}, _told(p, capitals)),
        *([around.test()] if all(each.kind for each in p.wanted) else []),
        fails("no-plain-text", {"text": "a\x00b"}, "NUL character"),
    )


def _line(each: Wanted) -> str:
    if each.after is not None and each.before is not None:
        found = f"between(text, {literal(each.after)}, {literal(each.before)})"
    else:
        found = f"matching(text, {literal(each.regex)})"
    return f"{literal(each.name)}: told({found}),"


def build(p: TextExtract) -> Made:
    trials = _trials(p)
    found = listing(text("", LONGEST), p.most)
    return Made(
        description=f"Find in a text: {', '.join(each.name for each in p.wanted)}.",
        arguments=closed({"text": text("The text to look in.", LONGEST)}),
        result=closed({each.name: found for each in p.wanted}),
        code=CODE.replace("FLAGS", "re.IGNORECASE" if p.ignore_case else "re.NOFLAG"),
        constants={"MOST": p.most},
        lines={
            "# unique": ["found = list(dict.fromkeys(found))"] if p.unique else [],
            "# wanted": [_line(each) for each in p.wanted],
        },
        examples=trials[:3],
        tests=trials[3:],
    )


TEXT_EXTRACT = Template(
    name="text-extract",
    title="Extract from text",
    summary="Finds e-mails, URLs, numbers, dates, phones, amounts, patterns, or what lies between two marks.",
    keywords=phrases(
        """
        extract, find, find all, regex, pattern, match, emails, urls, links, numbers, dates, phone
        numbers, hashtags, mentions, ip addresses, amounts, between, parse text, invoice number,
        wyciągnij, znajdź, wzorzec, adresy, numery telefonów, kwoty, pomiędzy, extrair, encontrar,
        padrão, e-mails, números, valores, entre
        """
    ),
    parameters=TextExtract,
    build=build,
    example={},
    variants=(
        {
            "wanted": [
                {"name": "invoice", "pattern": "INV-([0-9]{4,8})"},
                {"name": "code", "pattern": "[A-Z]{2}[0-9]+", "kind": None},
                {"name": "customer", "after": "Customer: ", "before": ";"},
            ],
            "unique": True,
        },
        {"wanted": [{"name": "tag", "after": "<b>", "before": "</b>"}], "ignoreCase": True, "most": 2},
        {"wanted": [{"name": kind, "kind": kind} for kind in KINDS]},
    ),
)
