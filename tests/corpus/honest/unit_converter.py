from enum import Enum


class Quantity(Enum):
    LENGTH = "length"
    MASS = "mass"
    TEMPERATURE = "temperature"


FACTORS = {
    "m": (Quantity.LENGTH, 1.0), "km": (Quantity.LENGTH, 1000.0), "mi": (Quantity.LENGTH, 1609.344),
    "ft": (Quantity.LENGTH, 0.3048), "in": (Quantity.LENGTH, 0.0254),
    "kg": (Quantity.MASS, 1.0), "g": (Quantity.MASS, 0.001), "lb": (Quantity.MASS, 0.45359237),
}
TO_KELVIN = {"C": lambda t: t + 273.15, "F": lambda t: (t - 32) * 5 / 9 + 273.15, "K": lambda t: t}
FROM_KELVIN = {"C": lambda t: t - 273.15, "F": lambda t: (t - 273.15) * 9 / 5 + 32, "K": lambda t: t}


def run(value: float, source: str, target: str) -> dict:
    if source in TO_KELVIN and target in FROM_KELVIN:
        return {"value": round(FROM_KELVIN[target](TO_KELVIN[source](value)), 6), "quantity": Quantity.TEMPERATURE.value}
    try:
        kind, factor = FACTORS[source]
        other, divisor = FACTORS[target]
    except KeyError as e:
        raise ValueError(f"Unknown unit {e.args[0]}") from None
    if kind is not other:
        raise ValueError(f"Cannot convert {kind.value} to {other.value}.")
    return {"value": value * factor / divisor, "quantity": kind.value}
