"""Template statistics: what a list of numbers says."""

from __future__ import annotations

import math
from typing import Annotated, Literal, get_args

from pydantic import Field, StrictInt

from cupel.api.common import JsonObject
from cupel.api.trial import Trial

from .schemas import closed, listing, number, whole
from .template import Made, Template
from .trials import Metamorphic, fails, gives
from .words import Parameters, phrases

Measure = Literal[
    "count", "sum", "mean", "median", "minimum", "maximum", "deviation", "percentiles", "trend", "histogram"
]
EVERYTHING: tuple[Measure, ...] = get_args(Measure)
Percent = Annotated[StrictInt, Field(ge=1, le=99)]


class Statistics(Parameters):
    """What is told about the numbers."""

    measures: Annotated[tuple[Measure, ...], Field(min_length=1, max_length=10)] = Field(
        default=EVERYTHING, description="What the result tells, in this order."
    )
    percentiles: Annotated[tuple[Percent, ...], Field(min_length=1, max_length=20)] = Field(
        default=(25, 50, 75, 90), description="Which percentiles."
    )
    bins: Annotated[StrictInt, Field(ge=1, le=50)] = Field(
        default=5, description="Into how many equal ranges the histogram divides."
    )


CODE = '''
"""Statistics of a list of numbers. Deviation is the sample's; percentiles are interpolated."""

import math

# parameters


def percentile(ordered, percent):
    place = (len(ordered) - 1) * percent / 100
    low = math.floor(place)
    high = math.ceil(place)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def deviation(numbers):
    if len(numbers) == 1:
        return 0
    mean = math.fsum(numbers) / len(numbers)
    return math.sqrt(math.fsum((each - mean) ** 2 for each in numbers) / (len(numbers) - 1))


def trend(numbers, times):
    """The least-squares line through the points."""
    middle = math.fsum(times) / len(times)
    mean = math.fsum(numbers) / len(numbers)
    spread = math.fsum((time - middle) ** 2 for time in times)
    if spread == 0:
        return {"slope": 0, "intercept": mean}
    slope = math.fsum((time - middle) * (each - mean) for time, each in zip(times, numbers)) / spread
    return {"slope": slope, "intercept": mean - slope * middle}


def histogram(ordered):
    low, high = ordered[0], ordered[-1]
    width = (high - low) / BINS
    if width == 0:
        return [{"from": low, "to": high, "count": len(ordered)}]
    counts = [0] * BINS
    for each in ordered:
        counts[min(int((each - low) / width), BINS - 1)] += 1
    return [
        {"from": low + place * width, "to": low + (place + 1) * width, "count": count}
        for place, count in enumerate(counts)
    ]


def run(numbers: list, times: list | None = None) -> dict:
    if times is not None and len(times) != len(numbers):
        raise ValueError("there must be as many times as numbers")
    ordered = sorted(numbers)
    return {
        # measures
    }
'''

MEASURED = {
    "count": "len(numbers)",
    "sum": "math.fsum(numbers)",
    "mean": "math.fsum(numbers) / len(numbers)",
    "median": "percentile(ordered, 50)",
    "minimum": "ordered[0]",
    "maximum": "ordered[-1]",
    "deviation": "deviation(numbers)",
    "percentiles": '{"p" + str(each): percentile(ordered, each) for each in PERCENTILES}',
    "trend": "trend(numbers, times or list(range(len(numbers))))",
    "histogram": "histogram(ordered)",
}


def _of_row(p: Statistics) -> JsonObject:
    """What 0, 1, ..., bins says, by formula: no second program."""
    last = p.bins
    bars = [{"from": low, "to": low + 1, "count": 1 + (low == last - 1)} for low in range(last)]
    return {
        "count": last + 1,
        "sum": last * (last + 1) // 2,
        "mean": last / 2,
        "median": last / 2,
        "minimum": 0,
        "maximum": last,
        "deviation": math.sqrt((last + 1) * (last + 2) / 12),
        "percentiles": {f"p{each}": last * each / 100 for each in p.percentiles},
        "trend": {"slope": 1, "intercept": 0},
        "histogram": bars,
    }


def _of_one(p: Statistics, value: int, count: int) -> JsonObject:
    """What one number says, however often it comes."""
    return {
        "count": count,
        "sum": value * count,
        **dict.fromkeys(("mean", "median", "minimum", "maximum"), value),
        "deviation": 0,
        "percentiles": {f"p{each}": value for each in p.percentiles},
        "trend": {"slope": 0, "intercept": value},
        "histogram": [{"from": value, "to": value, "count": count}],
    }


def _scaled(result: JsonObject, factor: float, shift: float) -> JsonObject:
    """What the numbers say once each is `factor * number + shift`; factor is above zero."""

    def moved(value: float) -> float:
        return factor * value + shift

    line = result["trend"]
    bars = [
        {"from": moved(b["from"]), "to": moved(b["to"]), "count": b["count"]} for b in result["histogram"]
    ]
    return {
        **{name: moved(result[name]) for name in ("mean", "median", "minimum", "maximum")},
        "count": result["count"],
        "sum": factor * result["sum"] + shift * result["count"],
        "deviation": factor * result["deviation"],
        "percentiles": {name: moved(each) for name, each in result["percentiles"].items()},
        "trend": {"slope": factor * line["slope"], "intercept": moved(line["intercept"])},
        "histogram": bars,
    }


def _reversed(result: JsonObject, last: int) -> JsonObject:
    """Order matters to the trend alone."""
    return {**result, "trend": {"slope": -1, "intercept": last}}


def _trials(p: Statistics) -> tuple[Trial, ...]:
    row = list(range(p.bins + 1))
    first = gives("a-row", {"numbers": row}, _of_row(p))
    double = [2 * each for each in row]
    relations = (
        Metamorphic(
            "scaled-and-moved", first, {"numbers": [4 * e + 7 for e in row]}, lambda r: _scaled(r, 4, 7)
        ),
        Metamorphic("falling", first, {"numbers": row[::-1]}, lambda r: _reversed(r, p.bins)),
        Metamorphic("below-zero", first, {"numbers": [e - 100 for e in row]}, lambda r: _scaled(r, 1, -100)),
        Metamorphic("halves", first, {"numbers": [e / 2 for e in row]}, lambda r: _scaled(r, 0.5, 0)),
        Metamorphic("times-spread", first, {"times": double}, lambda r: _trend(r, 0.5, 0)),
        Metamorphic("times-later", first, {"times": [e + 10 for e in row]}, lambda r: _trend(r, 1, -10)),
    )
    return (
        first,
        gives("one-number", {"numbers": [5]}, _of_one(p, 5, 1)),
        gives("all-alike", {"numbers": [3, 3, 3, 3]}, _of_one(p, 3, 4)),
        *(each.test() for each in relations),
    )


def _trend(result: JsonObject, slope: float, intercept: float) -> JsonObject:
    return {**result, "trend": {"slope": slope, "intercept": intercept}}


def _chosen(trial: Trial, p: Statistics) -> Trial:
    result = trial.result or {}
    return trial.model_copy(update={"result": {name: result[name] for name in p.measures}})


def _fields(p: Statistics) -> dict[str, JsonObject]:
    bar = closed({"from": number(highest=1e13, lowest=-1e13), "to": number(), "count": whole()})
    return {
        "count": whole(lowest=1, highest=10_000),
        "sum": number(lowest=-1e16, highest=1e16),
        **{name: number() for name in EVERYTHING[2:6]},
        "deviation": number(lowest=0),
        "percentiles": closed({f"p{each}": number() for each in p.percentiles}),
        "trend": closed({"slope": {"type": "number"}, "intercept": {"type": "number"}}),
        "histogram": listing(bar, 50),
    }


def build(p: Statistics) -> Made:
    trials = tuple(_chosen(each, p) for each in _trials(p))
    fields = _fields(p)
    value = number(lowest=-1e12, highest=1e12)
    times = listing(value, 10_000, "Where each number lies in time; 0, 1, 2, ... when absent.", 1)
    return Made(
        description=f"Statistics of a list of numbers: {', '.join(p.measures)}.",
        arguments=closed({"numbers": listing(value, 10_000, "The numbers.", 1), "times": times}, ("times",)),
        result=closed({name: fields[name] for name in p.measures}),
        code=CODE,
        constants={"PERCENTILES": p.percentiles, "BINS": p.bins},
        lines={"# measures": [f'"{name}": {MEASURED[name]},' for name in p.measures]},
        examples=trials[:3],
        tests=(
            *trials[3:],
            fails("too-few-times", {"numbers": [1, 2], "times": [1]}, "as many times as numbers"),
            fails("too-many-times", {"numbers": [1], "times": [1, 2]}, "as many times as numbers"),
        ),
    )


STATISTICS = Template(
    name="statistics",
    title="Statistics of numbers",
    summary="Mean, median, deviation, percentiles, trend and histogram of a list of numbers.",
    keywords=phrases(
        """
        statistics, mean, average, median, percentile, deviation, variance, trend, slope, histogram,
        sum, minimum, maximum, statystyka, średnia, mediana, percentyl, odchylenie, suma,
        najmniejsza, największa, estatística, média, percentil, desvio, tendência, histograma, soma,
        mínimo, máximo
        """
    ),
    parameters=Statistics,
    build=build,
    example={},
    variants=({"measures": ["mean", "median"]}, {"percentiles": [50, 95, 99], "bins": 1}),
)
