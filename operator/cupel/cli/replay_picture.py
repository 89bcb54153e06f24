"""The picture of a replay: SVG by hand, demand and what the Pods could carry, and how long calls waited."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from operator import attrgetter

WIDTH, HIGH, LOW, LEFT, GAP = 1000, 320, 90, 60, 40
MOST_POINTS = 1000
MADE_BY = "<desc>drawn by cupel replay</desc>"
"""By which a picture is known to be one of ours, which the next may replace."""
COLOURS = {
    "demand": "#57606a",
    "expected": "#0969da",
    "high": "#8250df",
    "carried": "#1a7f37",
    "waits": "#cf222e",
}


@dataclass(frozen=True)
class Moment:
    """One tick: seconds since the start, calls a second, and the seconds a call that comes now will wait."""

    at: int
    demand: float
    carried: float
    expected: float
    high: float
    waits: float


def picture(moments: Sequence[Moment], title: str) -> str:
    """An SVG document."""
    kept = thinned(moments)
    last = max(kept[-1].at, 1) if kept else 1
    most = max((max(m.demand, m.carried) for m in kept), default=1.0) or 1.0
    longest = max(max((m.waits for m in kept), default=0.0), 1.0)
    lines = [
        _line(kept, name, attrgetter(name), last, (0, HIGH, most))
        for name in ("carried", "high", "expected", "demand")
    ]
    lines.append(_line(kept, "waits", lambda m: m.waits, last, (HIGH + GAP, LOW, longest)))
    height = HIGH + GAP + LOW + GAP
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH + 2 * LEFT}" height="{height + 40}"'
            f' viewBox="{-LEFT} -30 {WIDTH + 2 * LEFT} {height + 40}"',
            ' font-family="sans-serif" font-size="12">',
            '<rect x="-60" y="-30" width="100%" height="100%" fill="white"/>',
            f"<title>{escape(title)}</title>",
            MADE_BY,
            _text(0, -12, f"{title}: calls a second"),
            *_scale(0, HIGH, most),
            *_scale(HIGH + GAP, LOW, longest),
            _text(0, HIGH + GAP - 6, "seconds a call waits"),
            *lines,
            *_hours(last, height - GAP),
            *_legend(),
            "</svg>",
            "",
        ]
    )


def thinned(moments: Sequence[Moment]) -> list[Moment]:
    """At most MOST_POINTS: of each stretch the moment with the longest wait, or else the largest demand."""
    stretch = -(-len(moments) // MOST_POINTS) or 1
    parts = (moments[i : i + stretch] for i in range(0, len(moments), stretch))
    return [max(part, key=lambda moment: (moment.waits, moment.demand)) for part in parts]


def _line(
    moments: Sequence[Moment],
    name: str,
    figure: Callable[[Moment], float],
    last: int,
    frame: tuple[int, int, float],
) -> str:
    top, height, most = frame
    points = " ".join(
        f"{WIDTH * m.at / last:.1f},{top + height * (1 - min(max(figure(m), 0.0) / most, 1.0)):.1f}"
        for m in moments
    )
    return f'<polyline fill="none" stroke="{COLOURS[name]}" stroke-width="1.2" points="{points}"/>'


def _scale(top: int, height: int, most: float) -> list[str]:
    found = []
    for share in (0.0, 0.5, 1.0):
        y = top + height * (1 - share)
        found.append(f'<line x1="0" x2="{WIDTH}" y1="{y:.1f}" y2="{y:.1f}" stroke="#d0d7de"/>')
        found.append(_text(-6, y + 4, f"{most * share:.3g}", anchor="end"))
    return found


def _hours(last: int, y: int) -> list[str]:
    return [
        _text(WIDTH * part / 4, y + 16, f"{last * part / 4 / 3600:.2g} h", anchor="middle")
        for part in range(5)
    ]


def _legend() -> list[str]:
    names = {
        "demand": "demand",
        "expected": "expected at the lead time",
        "high": "high",
        "carried": "what the Pods carry",
    }
    return [
        f'<text x="{330 + 180 * place}" y="-12" fill="{COLOURS[name]}">{words}</text>'
        for place, (name, words) in enumerate(names.items())
    ]


def _text(x: float, y: float, words: str, anchor: str = "start") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="#1f2328">{escape(words)}</text>'
