"""Template unit-convert: a value in another unit of the same quantity."""

from __future__ import annotations

from typing import Annotated, get_args

from pydantic import Field, model_validator

from cupel.api.common import Model
from cupel.api.trial import Trial

from .problem import TemplateProblem
from .schemas import choice, closed, number, whole
from .template import Made, Template
from .trials import Metamorphic, fails, gives
from .unit_table import FACTS, OFFSETS, UNITS, Quantity
from .words import Parameters, phrases

Symbol = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9/_]{0,19}$")]


class OwnUnit(Model):
    """A unit of one's own, such as a glass of 250 ml."""

    unit: Symbol = Field(description="Its name.")
    is_: Annotated[float, Field(gt=1e-9, lt=1e12, allow_inf_nan=False)] = Field(
        alias="is", description="How much of the other unit one of it is."
    )
    of: Symbol = Field(description="A known unit that is no temperature.")


class UnitConvert(Parameters):
    """Which units."""

    quantities: Annotated[tuple[Quantity, ...], Field(min_length=1, max_length=10)] = Field(
        default=get_args(Quantity), description="What can be converted."
    )
    own_units: Annotated[tuple[OwnUnit, ...], Field(max_length=20)] = Field(
        default=(), description="Further units, such as {unit: glass, is: 250, of: ml}."
    )

    @model_validator(mode="after")
    def _own_units_fit(self) -> UnitConvert:
        known = {unit for each in self.quantities if each != "temperature" for unit in UNITS[each]}
        taken = {unit for units in UNITS.values() for unit in units}
        for place, own in enumerate(self.own_units):
            if own.of not in known:
                raise TemplateProblem(f"ownUnits[{place}].of", f"must be one of {', '.join(sorted(known))}")
            if own.unit in taken:
                raise TemplateProblem(
                    f"ownUnits[{place}].unit", f"there is {own.unit} already; choose another name"
                )
            taken.add(own.unit)
        return self


CODE = '''
"""Converts a value into another unit of the same quantity."""

# parameters


def run(value: float, from_unit: str, to_unit: str, decimals: int | None = None) -> dict:
    quantity, factor, offset = UNITS[from_unit]
    other, other_factor, other_offset = UNITS[to_unit]
    if quantity != other:
        raise ValueError(from_unit + " is a unit of " + quantity + ", " + to_unit + " one of " + other)
    base = value * factor + offset
    if base < -1e-9:
        raise ValueError("there is no " + quantity + " below zero" + (" kelvin" if offset else ""))
    converted = (base - other_offset) / other_factor
    exact = float(format(converted, ".12g"))
    return {"value": exact if decimals is None else round(exact, decimals), "unit": to_unit}
'''


def _table(p: UnitConvert) -> dict[str, tuple[str, float, float]]:
    """Unit to quantity, factor and offset."""
    table: dict[str, tuple[str, float, float]] = {
        u: (q, f, OFFSETS.get(u, 0)) for q in p.quantities for u, f in UNITS[q].items()
    }
    for own in p.own_units:
        quantity, factor, _ = table[own.of]
        table[own.unit] = (quantity, factor * own.is_, 0)
    return table


def _call(value: float, unit: str, to: str) -> dict[str, object]:
    return {"value": value, "from_unit": unit, "to_unit": to}


def _fact(value: float, unit: str, to: str, result: float) -> Trial:
    name = f"{unit}-to-{to}".lower().replace("/", "-per-").replace("_", "-")
    return gives(f"case-{name}"[:63].rstrip("-"), _call(value, unit, to), {"value": result, "unit": to})


def _known(p: UnitConvert) -> tuple[Trial, ...]:
    facts = [_fact(*fact) for quantity in p.quantities for fact in FACTS[quantity]]
    own = [
        gives(
            f"own-unit-{place}",
            _call(2, each.unit, each.of),
            {"value": float(f"{2 * each.is_:.12g}"), "unit": each.of},
        )
        for place, each in enumerate(p.own_units)
    ]
    return (*facts, *own)


def _general(p: UnitConvert, first: Trial) -> tuple[Trial, ...]:
    quantity = p.quantities[0]
    base, other = list(UNITS[quantity])[:2]
    unit = first.arguments["to_unit"]
    refused = fails("below-zero", _call(-500, other, base), f"there is no {quantity} below zero")
    rounded = gives("rounded", {**_call(2.345678, base, base), "decimals": 2}, {"value": 2.35, "unit": base})
    whole_number = gives(
        "rounded-to-a-whole", {**_call(7.8, base, base), "decimals": 0}, {"value": 8, "unit": base}
    )
    same_unit = gives("the-same-unit", _call(1234.5, unit, unit), {"value": 1234.5, "unit": unit})
    trials = [same_unit, rounded, whole_number, refused]
    if len(p.quantities) > 1:
        stranger = next(iter(UNITS[p.quantities[1]]))
        trials.append(fails("other-quantity", _call(1, base, stranger), f"is a unit of {quantity}"))
    if quantity != "temperature":
        ten = {"value": first.arguments["value"] * 10}
        relation = Metamorphic("ten-times", first, ten, lambda r: {**r, "value": r["value"] * 10})
        zero = gives("nothing", _call(0, other, base), {"value": 0, "unit": base})
        trials += [relation.test(), zero]
    if "temperature" in p.quantities:
        trials.append(fails("too-cold", _call(-300, "C", "K"), "below zero kelvin"))
    return tuple(trials)


def build(p: UnitConvert) -> Made:
    if len(set(p.quantities)) != len(p.quantities):
        raise TemplateProblem("quantities", "must not name a quantity twice")
    table = _table(p)
    known = _known(p)
    value = number("How much.", -1e12, 1e12)
    return Made(
        description=f"Convert a value between units of {', '.join(p.quantities)}.",
        arguments=closed(
            {
                "value": value,
                "from_unit": choice("The unit it is in.", table),
                "to_unit": choice("The unit wanted.", table),
                "decimals": whole("Round to so many decimals; not rounded when absent.", 0, 12),
            },
            ("decimals",),
        ),
        result=closed({"value": number("How much in that unit.", -1e33, 1e33), "unit": choice("", table)}),
        code=CODE,
        constants={"UNITS": table},
        examples=known[:3],
        tests=(*known[3:], *_general(p, known[0])),
    )


UNIT_CONVERT = Template(
    name="unit-convert",
    title="Convert units",
    summary="Converts length, mass, temperature, volume, area, speed, time, data, energy and pressure.",
    keywords=phrases(
        """
        unit, units, convert, conversion, kilometres, miles, metres, feet, inches, pounds,
        kilograms, celsius, fahrenheit, litres, gallons, megabytes, przelicz, jednostki, kilometry,
        mile, metry, stopy, funty, kilogramy, stopnie, litry, converter, unidades, quilômetros,
        milhas, metros, pés, libras, quilos, graus, litros
        """
    ),
    parameters=UnitConvert,
    build=build,
    example={},
    variants=(
        {"quantities": ["temperature"]},
        {"quantities": ["volume"], "ownUnits": [{"unit": "glass", "is": 250, "of": "ml"}]},
        *({"quantities": [each]} for each in get_args(Quantity) if each not in ("temperature", "volume")),
    ),
)
