"""Template validate: whether a value has the form it should have, check digits included."""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal, get_args

from pydantic import Field, StrictBool, model_validator

from cupel.api.common import JsonObject, Model
from cupel.api.trial import Trial

from .problem import TemplateProblem
from .schemas import choice, closed, flag, text
from .template import Made, Template
from .trials import Metamorphic, fails, gives
from .validate_code import CODE
from .validate_facts import FACTS
from .words import FieldName, Parameters, phrases

Kind = Literal[
    "email", "iban", "isbn", "luhn", "card", "nip", "pesel", "nif", "cpf", "cnpj", "vat", "uuid", "url",
    "phone", "date", "json",
]  # fmt: skip
COMMON: tuple[Kind, ...] = ("email", "iban", "isbn", "card", "uuid", "url", "phone", "date")
FieldKind = Literal["text", "number", "whole", "flag", "list", "object"]
SAMPLES: dict[FieldKind, Any] = {
    "text": "a",
    "number": 1.5,
    "whole": 2,
    "flag": True,
    "list": [],
    "object": {},
}
LONGEST = 20_000
MOST_EXAMPLES, MOST_TESTS = 32, 61


class WantedField(Model):
    """A field a JSON object must have."""

    name: FieldName = Field(description="Its name.")
    type: FieldKind = Field(default="text", description="What it must hold.")
    required: StrictBool = Field(default=True, description="Whether it must be there.")


class Validate(Parameters):
    """What can be checked."""

    kinds: Annotated[tuple[Kind, ...], Field(min_length=1, max_length=16)] = Field(
        default=COMMON, description="What values can be checked for. With one, agents need not name it."
    )
    fields: Annotated[tuple[WantedField, ...], Field(max_length=32)] = Field(
        default=(), description="For kind json: the fields the object must have."
    )

    @model_validator(mode="after")
    def _fields_fit(self) -> Validate:
        if self.fields and "json" not in self.kinds:
            raise TemplateProblem("fields", "are for kind json: add json to `kinds`, or leave them out")
        if len(set(self.kinds)) != len(self.kinds):
            raise TemplateProblem("kinds", "must not name a kind twice")
        if len({each.name for each in self.fields}) != len(self.fields):
            raise TemplateProblem("fields", "must not name a field twice")
        return self


def _result(plain: str, because: str) -> JsonObject:
    return {"valid": not because, "normalised": plain, "because": because}


def _arguments(p: Validate, kind: str, value: str) -> JsonObject:
    return {"value": value} if len(p.kinds) == 1 else {"value": value, "kind": kind}


def _of_json(p: Validate) -> tuple[tuple[str, str, str], ...]:
    whole = {each.name: SAMPLES[each.type] for each in p.fields}
    facts = [(json.dumps(whole), ""), ("[]", "it is no JSON object"), ("{", "it is no JSON")]
    for each in p.fields:
        rest = {name: value for name, value in whole.items() if name != each.name}
        missing = f"the field {each.name} is missing" if each.required else ""
        facts.append((json.dumps(rest), missing))
        wrong = True if each.type != "flag" else "yes"
        facts.append((json.dumps({**whole, each.name: wrong}), f"the field {each.name} is no {each.type}"))
    return tuple((value, value, because) for value, because in facts[:40])


def _trials(p: Validate, kind: str) -> list[Trial]:
    facts = FACTS[kind] if kind != "json" else _of_json(p)
    return [
        gives(f"{kind}-{place}", _arguments(p, kind, value), _result(plain, because))
        for place, (value, plain, because) in enumerate(facts, start=1)
    ]


def _shared_out(by_kind: list[list[Trial]]) -> tuple[list[Trial], list[Trial]]:
    """Examples and tests, kinds in turn, as many as a tool may have; the rest is left out."""
    longest = max(len(trials) for trials in by_kind)
    turns = [trials[turn] for turn in range(longest) for trials in by_kind if turn < len(trials)]
    lively = max(3, min(MOST_EXAMPLES, len(turns) - MOST_TESTS))
    return turns[:lively], turns[lively : lively + MOST_TESTS]


def build(p: Validate) -> Made:
    examples, tests = _shared_out([_trials(p, kind) for kind in p.kinds])
    spaces = Metamorphic("spaces-around", examples[0], {"value": f"  {examples[0].arguments['value']} "})
    kinds = closed({"value": text("What to check.", LONGEST), "kind": choice("What it should be.", p.kinds)})
    one = closed({"value": text("What to check.", LONGEST)})
    return Made(
        description=f"Check whether a value is a well-formed {', '.join(p.kinds)}; check digits included. "
        "It does not tell whether it exists.",
        arguments=one if len(p.kinds) == 1 else kinds,
        result=closed({"valid": flag(), "normalised": text(longest=LONGEST), "because": text(longest=200)}),
        code=CODE,
        constants={"FIELDS": [(each.name, each.type, each.required) for each in p.fields]},
        lines=_lines(p),
        examples=tuple(examples),
        tests=(*tests, spaces.test(), *_refused(p)),
    )


def _lines(p: Validate) -> dict[str, list[str]]:
    one = len(p.kinds) == 1
    return {
        "# checks": [f'"{kind}": check_{kind},' for kind in p.kinds],
        "# signature": ["def run(value: str) -> dict:" if one else "def run(value: str, kind: str) -> dict:"],
        "# call": [
            f"plain, because = check_{p.kinds[0]}(text)" if one else "plain, because = CHECKS[kind](text)"
        ],
    }


def _refused(p: Validate) -> tuple[Trial, ...]:
    empty = "the value is empty"
    first = p.kinds[0]
    return (
        fails("nothing-given", _arguments(p, first, ""), empty),
        fails("spaces-only", _arguments(p, first, " \t"), empty),
    )


VALIDATE = Template(
    name="validate",
    title="Validate a value",
    summary="Checks e-mail, IBAN, ISBN, cards, tax numbers, UUID, URL, phone, date, JSON; check digits, too.",
    keywords=phrases(
        """
        validate, valid, check, verify, correct, email, e-mail, iban, bank account, isbn, credit
        card, luhn, checksum, vat, tax number, nip, pesel, nif, cpf, cnpj, uuid, url, phone number,
        json, sprawdź, poprawny, walidacja, numer konta, numer telefonu, validar, válido, verificar,
        conferir, número de conta, telefone
        """
    ),
    parameters=Validate,
    build=build,
    example={},
    variants=(
        *({"kinds": [kind]} for kind in get_args(Kind)[:-1]),
        {
            "kinds": ["json"],
            "fields": [
                {"name": "id", "type": "whole"},
                {"name": "price", "type": "number"},
                {"name": "name"},
                {"name": "paid", "type": "flag", "required": False},
                {"name": "lines", "type": "list"},
                {"name": "address", "type": "object"},
            ],
        },
    ),
)
