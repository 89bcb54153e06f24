"""The code of template money-arithmetic, one program for each operation."""

from __future__ import annotations

HEAD = '''
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal

# parameters

STEP = Decimal(10) ** -DECIMALS


def rounded(amount):
    # rounding


def shown(amount):
    """As text, with all its decimals; never a minus before nothing."""
    return format(rounded(amount) + 0, "f")


def exact(given):
    """The amount. It must have no more decimals than the currency."""
    amount = Decimal(given)
    if amount != rounded(amount):
        raise ValueError("the amount has more than " + str(DECIMALS) + " decimals")
    return amount

'''

RUNS = {
    "split": '''
"""Splits an amount so that the parts add up to it exactly."""
'''
    + HEAD
    + """
def run(amount: str, parts: int = 2, weights: list | None = None) -> dict:
    steps = int(exact(amount) / STEP)
    shares = weights or [1] * parts
    if not any(shares):
        raise ValueError("the weights must not all be zero")
    cut = [divmod(steps * share, sum(shares)) for share in shares]
    missing = steps - sum(whole for whole, rest in cut)
    first = sorted(range(len(cut)), key=lambda place: -cut[place][1])[:missing]
    amounts = [(whole + (place in first)) * STEP for place, (whole, rest) in enumerate(cut)]
    return {"parts": [shown(each) for each in amounts], "currency": CURRENCY}
""",
    "tax": '''
"""Adds a tax to a net amount, or takes it out of a gross one."""
'''
    + HEAD
    + """
def run(amount: str, percent: str = PERCENT, included: bool = False) -> dict:
    given, rate = exact(amount), Decimal(percent) / 100
    net = rounded(given / (1 + rate)) if included else given
    tax = given - net if included else rounded(net * rate)
    return {"net": shown(net), "tax": shown(tax), "gross": shown(net + tax), "currency": CURRENCY}
""",
    "percent": '''
"""A percentage of an amount, the amount increased by it and reduced by it."""
'''
    + HEAD
    + """
def run(amount: str, percent: str = PERCENT) -> dict:
    given = exact(amount)
    part = rounded(given * Decimal(percent) / 100)
    return {
        "part": shown(part),
        "increased": shown(given + part),
        "reduced": shown(given - part),
        "currency": CURRENCY,
    }
""",
    "instalments": '''
"""Equal monthly instalments of a loan; the last one settles what rounding left."""
'''
    + HEAD
    + """
def run(amount: str, months: int, yearly_percent: str = PERCENT) -> dict:
    debt, rate = exact(amount), Decimal(yearly_percent) / 1200
    if debt <= 0:
        raise ValueError("the amount must be above zero")
    growth = (1 + rate) ** months
    monthly = rounded(debt * rate * growth / (growth - 1) if rate else debt / months)
    left, interest = debt, Decimal(0)
    for month in range(months - 1):
        due = rounded(left * rate)
        left, interest = left + due - monthly, interest + due
    due = rounded(left * rate)
    return {
        "monthly": shown(monthly),
        "last": shown(left + due),
        "interest": shown(interest + due),
        "total": shown(debt + interest + due),
        "currency": CURRENCY,
    }
""",
    "convert": '''
"""An amount in another currency, at the rate given. It knows no rates of its own."""
'''
    + HEAD
    + """
def run(amount: str, rate: str) -> dict:
    factor = Decimal(rate)
    if not factor:
        raise ValueError("the rate must be above zero")
    return {"amount": shown(Decimal(amount) * factor), "currency": CURRENCY}
""",
    "sum": '''
"""Adds amounts exactly."""
'''
    + HEAD
    + """
def run(amounts: list) -> dict:
    every = [exact(each) for each in amounts]
    return {
        "total": shown(sum(every)),
        "average": shown(sum(every) / len(every)),
        "smallest": shown(min(every)),
        "largest": shown(max(every)),
        "count": len(every),
        "currency": CURRENCY,
    }
""",
}
