from decimal import ROUND_HALF_UP, Decimal, getcontext

getcontext().prec = 28
CENT = Decimal("0.01")


def money(value: Decimal) -> Decimal:
    return value.quantize(CENT, rounding=ROUND_HALF_UP)


def run(principal: float, annual_rate: float, months: int) -> dict:
    if months <= 0:
        raise ValueError("months must be positive")
    balance = Decimal(str(principal))
    rate = Decimal(str(annual_rate)) / Decimal(1200)
    if rate == 0:
        payment = money(balance / months)
    else:
        growth = (1 + rate) ** months
        payment = money(balance * rate * growth / (growth - 1))
    schedule = []
    for month in range(1, months + 1):
        interest = money(balance * rate)
        part = min(payment - interest, balance)
        if month == months:
            part = balance
        balance -= part
        schedule.append({"month": month, "interest": str(interest), "principal": str(part), "balance": str(balance)})
    return {"payment": str(payment), "schedule": schedule}
