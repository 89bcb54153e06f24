# permissions: egress=api.frankfurter.app:443 state=PerTenant
import json
from datetime import date


def fetch(http, base):
    response = http.get("https://api.frankfurter.app/latest?from=" + base)
    if response.status >= 400:
        raise RuntimeError("Rates are not available.")
    return json.loads(response.text)["rates"]


def run(ctx, /, amount: float, source: str, target: str, day: str) -> dict:
    date.fromisoformat(day)
    cache = ctx.state.get("rates") or {}
    key = f"{source}:{day}"
    if key not in cache:
        cache = {key: fetch(ctx.http, source)}
        ctx.state["rates"] = cache
    rate = cache[key][target]
    return {"amount": round(amount * rate, 2), "rate": rate}
