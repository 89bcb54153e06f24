"""Units of measure by quantity: factors to the base unit, and conversions known from definitions."""

from __future__ import annotations

from typing import Literal

Quantity = Literal[
    "length", "mass", "temperature", "volume", "area", "speed", "time", "data", "energy", "pressure"
]

UNITS: dict[Quantity, dict[str, float]] = {
    "length": {
        "m": 1, "km": 1000, "cm": 0.01, "mm": 0.001, "mi": 1609.344, "yd": 0.9144, "ft": 0.3048, "in": 0.0254,
        "nmi": 1852,
    },
    "mass": {
        "kg": 1, "g": 0.001, "mg": 0.000001, "t": 1000, "lb": 0.45359237, "oz": 0.028349523125,
        "st": 6.35029318,
    },
    "temperature": {"K": 1, "C": 1, "F": 5 / 9},
    "volume": {
        "l": 1, "ml": 0.001, "m3": 1000, "gal": 3.785411784, "qt": 0.946352946, "pt": 0.473176473,
        "cup": 0.2365882365, "floz": 0.0295735295625,
    },
    "area": {"m2": 1, "km2": 1_000_000, "ha": 10_000, "ft2": 0.09290304, "acre": 4046.8564224},
    "speed": {"m/s": 1, "km/h": 1 / 3.6, "mph": 0.44704, "kn": 1852 / 3600},
    "time": {"s": 1, "ms": 0.001, "min": 60, "h": 3600, "d": 86_400, "week": 604_800},
    "data": {
        "B": 1, "kB": 1000, "MB": 1e6, "GB": 1e9, "TB": 1e12, "KiB": 1024, "MiB": 1048576, "GiB": 1073741824,
        "bit": 0.125, "Mbit": 125_000,
    },
    "energy": {"J": 1, "kJ": 1000, "kcal": 4184, "Wh": 3600, "kWh": 3.6e6},
    "pressure": {"Pa": 1, "hPa": 100, "bar": 100_000, "psi": 6894.757293168, "atm": 101_325},
}  # fmt: skip
"""The base unit comes first."""

OFFSETS = {"C": 273.15, "F": 459.67 * 5 / 9}
"""Where zero of a temperature scale lies, in kelvin."""

FACTS: dict[Quantity, tuple[tuple[float, str, str, float], ...]] = {
    "length": (
        (1, "mi", "km", 1.609344),
        (12, "in", "cm", 30.48),
        (3, "ft", "yd", 1),
        (1, "nmi", "m", 1852),
        (50, "mm", "cm", 5),
    ),
    "mass": (
        (1, "lb", "kg", 0.45359237),
        (16, "oz", "lb", 1),
        (2500, "g", "kg", 2.5),
        (14, "lb", "st", 1),
        (3, "t", "kg", 3000),
        (500, "mg", "g", 0.5),
    ),
    "temperature": (
        (100, "C", "F", 212),
        (-40, "F", "C", -40),
        (0, "K", "C", -273.15),
        (32, "F", "K", 273.15),
    ),
    "volume": (
        (1, "gal", "l", 3.785411784),
        (2, "pt", "qt", 1),
        (250, "ml", "l", 0.25),
        (16, "floz", "cup", 2),
        (1, "m3", "l", 1000),
    ),
    "area": ((1, "ha", "m2", 10000), (1, "acre", "ft2", 43560), (2, "km2", "ha", 200)),
    "speed": ((36, "km/h", "m/s", 10), (60, "mph", "km/h", 96.56064), (1, "kn", "km/h", 1.852)),
    "time": ((90, "min", "h", 1.5), (1, "week", "d", 7), (1500, "ms", "s", 1.5)),
    "data": (
        (1, "GiB", "MiB", 1024),
        (1, "MB", "kB", 1000),
        (8, "Mbit", "MB", 1),
        (1, "KiB", "B", 1024),
        (2, "TB", "GB", 2000),
        (16, "bit", "B", 2),
    ),
    "energy": ((1, "kWh", "kJ", 3600), (1, "kcal", "J", 4184), (1000, "Wh", "kWh", 1)),
    "pressure": ((1, "atm", "Pa", 101325), (1, "bar", "hPa", 1000), (1, "bar", "psi", 14.5037737730)),
}
"""value, from, to, result."""
