"""Template money-arithmetic: splits, taxes, percentages, instalments, conversions, sums, to the coin."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from pydantic import Field, StrictInt

from cupel.api.common import JsonObject

from .money_code import RUNS
from .money_trials import TRIALS, Coins, Operation, Rounding
from .schemas import closed, flag, listing, text, whole
from .template import Made, Template
from .words import Parameters, phrases

AMOUNT = r"^-?[0-9]{1,12}(\.[0-9]{1,6})?$"
RATE = r"^[0-9]{1,6}(\.[0-9]{1,8})?$"
TOLD = 32
NAMED = {"half-up": "ROUND_HALF_UP", "half-even": "ROUND_HALF_EVEN"}


class MoneyArithmetic(Parameters):
    """What is computed, in which currency."""

    operation: Operation = Field(default="split", description="What the tool computes.")
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] = Field(
        default="EUR", description="Currency of the results, by its three letters."
    )
    decimals: Annotated[StrictInt, Field(ge=0, le=4)] = Field(
        default=2, description="Decimals of the currency: 2 for EUR, 0 for JPY."
    )
    rounding: Rounding = Field(default="half-up", description="Where half a coin goes.")
    percent: Annotated[str, Field(pattern=r"^[0-9]{1,3}(\.[0-9]{1,4})?$")] = Field(
        default="23", description="For tax, percent and instalments: the rate when the caller gives none."
    )


def _amount(description: str = "Such as 12.50.") -> JsonObject:
    return text(description, 24, pattern=AMOUNT)


def _percent() -> JsonObject:
    return text("Such as 23 or 7.5.", 16, pattern=RATE)


def _inputs(operation: Operation) -> JsonObject:
    match operation:
        case "split":
            weights = listing(whole(highest=10_000), 100, "Shares of the parts, such as [1, 2].", 1)
            parts = whole("Into how many equal parts.", 1, 100)
            return closed({"amount": _amount(), "parts": parts, "weights": weights}, ("parts", "weights"))
        case "tax":
            included = flag("Whether the amount includes the tax.")
            taken = {"amount": _amount(), "percent": _percent(), "included": included}
            return closed(taken, ("percent", "included"))
        case "percent":
            return closed({"amount": _amount(), "percent": _percent()}, ("percent",))
        case "instalments":
            months = whole("How many instalments.", 1, 600)
            taken = {"amount": _amount(), "months": months, "yearly_percent": _percent()}
            return closed(taken, ("yearly_percent",))
        case "convert":
            rate = text("What one unit of the other currency is worth.", 16, pattern=RATE)
            return closed({"amount": _amount(), "rate": rate})
        case "sum":
            return closed({"amounts": listing(_amount(), 1000, "What to add.", 1)})


FIELDS: dict[Operation, tuple[str, ...]] = {
    "split": (),
    "tax": ("net", "tax", "gross"),
    "percent": ("part", "increased", "reduced"),
    "instalments": ("monthly", "last", "interest", "total"),
    "convert": ("amount",),
    "sum": ("total", "average", "smallest", "largest"),
}
SAYS: dict[Operation, str] = {
    "split": "Split an amount into parts that add up to it exactly, equal or by weight.",
    "tax": "Add a tax to a net amount, or take it out of a gross one.",
    "percent": "A percentage of an amount, and the amount increased or reduced by it.",
    "instalments": "Equal monthly instalments of a loan, its interest and total.",
    "convert": "An amount in another currency, at the rate you give.",
    "sum": "Add amounts exactly; their average, smallest and largest.",
}


def _result(operation: Operation) -> JsonObject:
    told: dict[str, JsonObject] = {name: text("", TOLD) for name in FIELDS[operation]}
    if operation == "split":
        told["parts"] = listing(text("", TOLD), 100)
    if operation == "sum":
        told["count"] = whole("", 1, 1000)
    return closed({**told, "currency": text("", 3)})


def build(p: MoneyArithmetic) -> Made:
    trials = TRIALS[p.operation](Coins(p.decimals, p.currency, p.rounding, Decimal(p.percent)))
    return Made(
        description=f"{SAYS[p.operation]} In {p.currency}, rounded to {p.decimals} decimals.",
        arguments=_inputs(p.operation),
        result=_result(p.operation),
        code=RUNS[p.operation],
        constants={
            "CURRENCY": p.currency,
            "DECIMALS": p.decimals,
            "PERCENT": p.percent,
        },
        lines={"# rounding": [f"return amount.quantize(STEP, rounding={NAMED[p.rounding]})"]},
        examples=trials[:3],
        tests=trials[3:],
    )


MONEY_ARITHMETIC = Template(
    name="money-arithmetic",
    title="Compute with money",
    summary="Splits, taxes, percentages, instalments, conversion at a given rate, sums; exact to the coin.",
    keywords=phrases(
        """
        money, amount, price, split, bill, share, tip, tax, vat, net, gross, percent, percentage,
        discount, loan, instalments, interest, mortgage, currency, exchange rate, invoice, total,
        pieniądze, kwota, cena, podziel, rachunek, podatek, netto, brutto, procent, rabat, kredyt,
        raty, odsetki, waluta, kurs, faktura, suma, dinheiro, valor, preço, dividir, conta, imposto,
        líquido, bruto, porcentagem, desconto, empréstimo, parcelas, juros, moeda, câmbio, fatura
        """
    ),
    parameters=MoneyArithmetic,
    build=build,
    example={},
    variants=(
        {"operation": "tax", "currency": "PLN"},
        {"operation": "percent", "percent": "10"},
        {"operation": "instalments", "currency": "BRL", "percent": "12"},
        {"operation": "convert", "currency": "JPY", "decimals": 0},
        {"operation": "sum", "rounding": "half-even"},
        {"operation": "split", "decimals": 4},
    ),
)
