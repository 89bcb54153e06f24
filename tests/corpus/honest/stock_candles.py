from dataclasses import dataclass, replace


@dataclass
class Candle:
    open: float
    high: float
    low: float
    close: float
    type: str = "flat"

    def add(self, price: float) -> "Candle":
        return replace(self, high=max(self.high, price), low=min(self.low, price), close=price)


def run(prices: list, input: str = "ticks", format: str = "plain", size: int = 5) -> dict:
    candles = []
    for i in range(0, len(prices), size):
        first, *rest = prices[i:i + size]
        candle = Candle(first, first, first, first)
        for price in rest:
            candle = candle.add(price)
        kind = "up" if candle.close > candle.open else "down" if candle.close < candle.open else "flat"
        candles.append(replace(candle, type=kind))
    if format == "plain":
        return {"candles": [[c.open, c.high, c.low, c.close, c.type] for c in candles], "input": input}
    return {"candles": [vars_of(c) for c in candles], "input": input}


def vars_of(candle):
    return {name: getattr(candle, name) for name in ("open", "high", "low", "close", "type")}
