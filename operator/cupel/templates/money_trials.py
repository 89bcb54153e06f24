"""Trials of template money-arithmetic. Facts are in the smallest coin, so that they hold for any decimals."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Literal

from cupel.api.common import JsonObject
from cupel.api.trial import Trial

from .trials import Metamorphic, fails, gives

Operation = Literal["split", "tax", "percent", "instalments", "convert", "sum"]
Rounding = Literal["half-up", "half-even"]


class Coins:
    """Writes whole numbers of the smallest coin as amounts."""

    def __init__(self, decimals: int, currency: str, rounding: Rounding, percent: Decimal) -> None:
        self.decimals = decimals
        self.currency = currency
        self.up = rounding == "half-up"
        self.percent_of_many = int(percent * 1_000_000)
        """The usual percentage of a hundred million coins: whole, as a rate has at most four decimals."""

    def __call__(self, coins: int) -> str:
        return format(Decimal(coins).scaleb(-self.decimals), "f")

    def told(self, **coins: int) -> JsonObject:
        return {**{name: self(each) for name, each in coins.items()}, "currency": self.currency}

    def too_fine(self) -> str:
        """Half a coin."""
        return format(Decimal(5).scaleb(-self.decimals - 1), "f")


def _split(c: Coins) -> tuple[Trial, ...]:
    def parts(*coins: int) -> JsonObject:
        return {"parts": [c(each) for each in coins], "currency": c.currency}

    first = gives("in-three", {"amount": c(10000), "parts": 3}, parts(3334, 3333, 3333))
    return (
        first,
        gives("in-half", {"amount": c(1001)}, parts(501, 500)),
        gives("by-weight", {"amount": c(1000), "weights": [1, 2, 3]}, parts(167, 333, 500)),
        gives("two-coins-over", {"amount": c(5), "parts": 3}, parts(2, 2, 1)),
        gives("less-than-the-parts", {"amount": c(1), "parts": 3}, parts(1, 0, 0)),
        gives("a-debt", {"amount": c(-10), "parts": 3}, parts(-3, -3, -4)),
        gives("nothing", {"amount": c(0), "parts": 2}, parts(0, 0)),
        gives("a-weight-of-nothing", {"amount": c(7), "weights": [0, 1]}, parts(0, 7)),
        fails("no-weights", {"amount": c(7), "weights": [0, 0]}, "must not all be zero"),
        Metamorphic("weights-are-shares", first, {"weights": [5, 5, 5]}).test(),
        fails("too-fine", {"amount": c.too_fine()}, "the amount has more than"),
    )


def _tax(c: Coins) -> tuple[Trial, ...]:
    def told(net: int, tax: int) -> JsonObject:
        return c.told(net=net, tax=tax, gross=net + tax)

    half = 3 if c.up else 2
    return (
        gives("on-top", {"amount": c(10000), "percent": "23"}, told(10000, 2300)),
        gives("included", {"amount": c(12300), "percent": "23", "included": True}, told(10000, 2300)),
        gives("half-a-coin", {"amount": c(50), "percent": "5"}, told(50, half)),
        gives("included-and-rounded", {"amount": c(100), "percent": "7", "included": True}, told(93, 7)),
        gives("no-tax", {"amount": c(199), "percent": "0"}, told(199, 0)),
        gives("a-credit-note", {"amount": c(-10000), "percent": "19"}, told(-10000, -1900)),
        gives("part-of-a-percent", {"amount": c(20000), "percent": "7.5"}, told(20000, 1500)),
        gives("usual-rate", {"amount": c(10**8)}, told(10**8, c.percent_of_many)),
        gives("all-of-it", {"amount": c(500), "percent": "100", "included": True}, told(250, 250)),
        fails("too-fine", {"amount": c.too_fine()}, "the amount has more than"),
    )


def _percent(c: Coins) -> tuple[Trial, ...]:
    def told(given: int, part: int) -> JsonObject:
        return c.told(part=part, increased=given + part, reduced=given - part)

    half = 3 if c.up else 2
    return (
        gives("a-discount", {"amount": c(8000), "percent": "25"}, told(8000, 2000)),
        gives("half-a-coin", {"amount": c(50), "percent": "5"}, told(50, half)),
        gives("part-of-a-percent", {"amount": c(100000), "percent": "0.5"}, told(100000, 500)),
        gives("rounded-down", {"amount": c(101), "percent": "12"}, told(101, 12)),
        gives("nothing-of-it", {"amount": c(77), "percent": "0"}, told(77, 0)),
        gives("usual-rate", {"amount": c(10**8)}, told(10**8, c.percent_of_many)),
        gives("more-than-all", {"amount": c(10), "percent": "250"}, told(10, 25)),
        gives("of-a-debt", {"amount": c(-300), "percent": "10"}, told(-300, -30)),
        fails("too-fine", {"amount": c.too_fine()}, "the amount has more than"),
    )


def _instalments(c: Coins) -> tuple[Trial, ...]:
    def told(debt: int, monthly: int, last: int, interest: int) -> JsonObject:
        return c.told(monthly=monthly, last=last, interest=interest, total=debt + interest)

    many, usual = 12 * 10**8, c.percent_of_many

    def asked(debt: int, months: int, percent: str) -> JsonObject:
        return {"amount": c(debt), "months": months, "yearly_percent": percent}

    return (
        gives("a-year-at-twelve", asked(100000, 12, "12"), told(100000, 8885, 8884, 6619)),
        gives("no-interest", asked(120000, 12, "0"), told(120000, 10000, 10000, 0)),
        gives("one-month", asked(10000, 1, "12"), told(10000, 10100, 10100, 100)),
        gives("two-months", asked(20100, 2, "12"), told(20100, 10201, 10201, 302)),
        gives("rounding-left", asked(10000, 3, "0"), told(10000, 3333, 3334, 0)),
        gives("part-of-a-percent", asked(1000000, 2, "1.2"), told(1000000, 500750, 500750, 1500)),
        gives("usual-rate", {"amount": c(many), "months": 1}, told(many, many + usual, many + usual, usual)),
        fails("no-debt", asked(0, 12, "5"), "must be above zero"),
        fails("a-credit", asked(-100, 12, "5"), "must be above zero"),
        fails("too-fine", {"amount": c.too_fine(), "months": 2}, "the amount has more than"),
    )


def _convert(c: Coins) -> tuple[Trial, ...]:
    def asked(coins: int, rate: str) -> JsonObject:
        return {"amount": c(coins), "rate": rate}

    half = 3 if c.up else 2
    first = gives("at-a-rate", asked(10000, "4.25"), c.told(amount=42500))
    return (
        first,
        gives("below-one", asked(42500, "0.2"), c.told(amount=8500)),
        gives("half-a-coin", asked(5, "0.5"), c.told(amount=half)),
        gives("one-to-one", asked(1234, "1"), c.told(amount=1234)),
        gives("a-debt", asked(-1000, "1.1"), c.told(amount=-1100)),
        gives("never-minus-nothing", asked(-1, "0.1"), c.told(amount=0)),
        gives("a-fine-amount", {"amount": c.too_fine(), "rate": "2"}, c.told(amount=1)),
        Metamorphic("twice-the-rate", first, {"rate": "8.50"}, lambda r: {**r, "amount": c(85000)}).test(),
        fails("no-rate", asked(100, "0"), "the rate must be above zero"),
        fails("no-rate-at-all", asked(100, "0.000"), "the rate must be above zero"),
    )


def _sum(c: Coins) -> tuple[Trial, ...]:
    def told(total: int, average: int, low: int, high: int, count: int) -> JsonObject:
        return {**c.told(total=total, average=average, smallest=low, largest=high), "count": count}

    def asked(*coins: int) -> JsonObject:
        return {"amounts": [c(each) for each in coins]}

    first = gives("three-amounts", asked(1000, 2000, 3001), told(6001, 2000, 1000, 3001, 3))
    return (
        first,
        gives("one-amount", asked(55), told(55, 55, 55, 55, 1)),
        gives("with-a-credit", asked(500, -200), told(300, 150, -200, 500, 2)),
        gives("half-a-coin", asked(1, 2), told(3, 2, 1, 2, 2)),
        gives("another-half", asked(0, 1), told(1, 1 if c.up else 0, 0, 1, 2)),
        gives("nothing-left", asked(5, -5), told(0, 0, -5, 5, 2)),
        gives("many-small", asked(*[10] * 30), told(300, 10, 10, 10, 30)),
        Metamorphic("any-order", first, asked(3001, 1000, 2000)).test(),
        fails("too-fine", {"amounts": [c(1), c.too_fine()]}, "the amount has more than"),
    )


TRIALS: dict[Operation, Callable[[Coins], tuple[Trial, ...]]] = {
    "split": _split,
    "tax": _tax,
    "percent": _percent,
    "instalments": _instalments,
    "convert": _convert,
    "sum": _sum,
}
