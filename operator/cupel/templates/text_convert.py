"""Template text-convert: cases, slugs, encodings, hashes, lines sorted or made unique."""

from __future__ import annotations

from typing import Annotated, get_args

from pydantic import Field

from cupel.api.common import JsonObject
from cupel.api.trial import Trial

from .convert_code import CODE
from .convert_facts import FACTS, REFUSED, Operation
from .problem import TemplateProblem
from .schemas import choice, closed, text
from .template import Made, Template
from .trials import fails, gives
from .words import Parameters, phrases

LONGEST = 50_000

DONE: dict[Operation, str] = {
    "upper": "str.upper",
    "lower": "str.lower",
    "title": "str.title",
    "slug": "slug",
    "trim": "trim",
    "reverse": "lambda given: given[::-1]",
    "sort_lines": "sort_lines",
    "unique_lines": "unique_lines",
    "base64_encode": "lambda given: base64.b64encode(encoded(given)).decode()",
    "base64_decode": "from_base64",
    "hex_encode": "lambda given: encoded(given).hex()",
    "hex_decode": "from_hex",
    "url_encode": 'lambda given: quote(encoded(given)).replace("/", "%2F")',
    "url_decode": "from_percent",
    "html_escape": "html.escape",
    "html_unescape": "html.unescape",
    "sha256": "lambda given: hashlib.sha256(encoded(given)).hexdigest()",
    "md5": "lambda given: hashlib.md5(encoded(given)).hexdigest()",
}


class TextConvert(Parameters):
    """What can be done to a text."""

    operations: Annotated[tuple[Operation, ...], Field(min_length=1, max_length=18)] = Field(
        default=get_args(Operation), description="What the tool can do. With one, agents need not name it."
    )


def _arguments(p: TextConvert, operation: str, given: str) -> JsonObject:
    return {"text": given} if len(p.operations) == 1 else {"text": given, "operation": operation}


def _name(operation: str, place: int) -> str:
    return f"{operation.replace('_', '-')}-{place + 1}"


def _trials(p: TextConvert) -> tuple[Trial, ...]:
    most = 8 if len(p.operations) == 1 else max(2, 64 // len(p.operations) - 1)
    facts = [
        gives(_name(each, place), _arguments(p, each, given), {"text": result})
        for each in p.operations
        for place, (given, result) in enumerate(FACTS[each][:most])
    ]
    refused = [
        fails(f"refused-{_name(each, place)}", _arguments(p, each, given), error)
        for each in p.operations
        for place, (given, error) in enumerate(REFUSED.get(each, ()))
    ]
    return (*facts, *refused)


def build(p: TextConvert) -> Made:
    if len(set(p.operations)) != len(p.operations):
        raise TemplateProblem("operations", "must not name an operation twice")
    trials = _trials(p)
    one = len(p.operations) == 1
    shown = max(3, min(16, len(trials) - 64))
    given = {"text": text("The text.", LONGEST)}
    asked = given if one else given | {"operation": choice("What is done to it.", p.operations)}
    convert = (
        f"({DONE[p.operations[0]]})" if DONE[p.operations[0]].startswith("lambda") else DONE[p.operations[0]]
    )
    return Made(
        description=f"Convert a text: {', '.join(p.operations).replace('_', ' ')}.",
        arguments=closed(asked),
        result=closed({"text": text("", LONGEST * 6)}),
        code=CODE,
        constants={},
        lines={
            "# conversions": [f'"{each}": {DONE[each]},' for each in p.operations],
            "# signature": [
                "def run(text: str) -> dict:" if one else "def run(text: str, operation: str) -> dict:"
            ],
            "# call": [
                f'return {{"text": {convert}(text)}}'
                if one
                else 'return {"text": CONVERSIONS[operation](text)}'
            ],
        },
        examples=trials[:shown],
        tests=trials[shown : shown + 64],
    )


TEXT_CONVERT = Template(
    name="text-convert",
    title="Convert text",
    summary="Cases, slugs, base64, hex, URL and HTML encoding, hashes, sorted or unique lines.",
    keywords=phrases(
        """
        convert text, uppercase, lowercase, capitalize, slug, slugify, trim, reverse, sort lines,
        deduplicate, unique lines, base64, encode, decode, hex, url encode, escape, hash, sha256,
        md5, checksum, wielkie litery, małe litery, zakoduj, odkoduj, posortuj, skrót, usuń
        duplikaty, maiúsculas, minúsculas, codificar, decodificar, inverter, remover duplicados
        """
    ),
    parameters=TextConvert,
    build=build,
    example={},
    variants=tuple({"operations": [each]} for each in get_args(Operation)),
)
