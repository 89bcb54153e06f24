"""Properties: calls drawn from the tool's own schemas, judged by what it promises. A process of its own.

`python3 -m cupel_sandbox.properties`, started by the harness: it loads Hypothesis while the walls are probed,
reads one order from stdin, and writes one JSON object to stdout. Whatever happens to it, the harness goes on.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from typing import Any

from .client import Late, NoAnswer, ask
from .compare import difference
from .conform import problem, untried

PLACE = "/usr/lib/cupel-harness"
"""Where the image keeps Hypothesis: on no path but this process's, readable to the harness's user alone."""
BATCH = 12
"""Calls tried in one process: a fork is what costs. What looks wrong is tried alone, which alone counts."""
BATCHES = 12
BATCH_SECONDS = 2.0
SLACK_SECONDS = 4.0
STUMBLES = (
    "KeyError", "IndexError", "TypeError", "AttributeError", "NameError", "UnboundLocalError",
    "ZeroDivisionError", "OverflowError", "RecursionError", "AssertionError", "StopIteration",
    "InvalidOperation", "DivisionByZero",
)  # fmt: skip
"""Errors that nobody raises to tell a caller what is wrong. Messages of others are the tool's own words."""
PROPERTIES = {
    "Timeout": "Ends",
    "OutOfMemory": "Memory",
    "Crashed": "Survives",
    "BadResult": "Result",
    "TooLarge": "Result",
}
UNJUDGED = ("UnrecordedCall", "EgressRefused", "Busy")
Json = dict[str, Any]


class Broken(Exception):
    """A property does not hold: Hypothesis looks for a smaller case."""


class Trier:
    """Calls the tool, judges what comes, and keeps the smallest case of each property that does not hold."""

    def __init__(self, order: Json, began: float) -> None:
        self.order = order
        self.end = began + order["seconds"]
        self.tried: dict[str, str] = {}
        """What is known of arguments that were tried alone: the property broken, or nothing."""
        self.seen: set[str] = set()
        self.unjudged: set[str] = set()
        self.found: dict[str, Json] = {}
        self.patterns: set[str] = set()
        """Of the output schema, those that no result was judged by."""

    def over(self) -> bool:
        return bool(time.monotonic() >= self.end)

    def together(self, batch: list[Json]) -> None:
        """Raises Broken when a property does not hold for one of them."""
        if self.over() or not batch:
            return
        if len(batch) > 1:
            twice = batch if self.order["egress"] else [*batch, *batch]
            answers = self._ask(twice, BATCH_SECONDS) or []
            again = answers[-len(batch) :]
            if again and not any(map(self._fault, batch, answers, again)):
                self.seen |= {_text(each) for each in batch}
                return
        for arguments in batch:
            self.alone(arguments)

    def alone(self, arguments: Json) -> None:
        """One call in a process of its own, as it will be served, and once more. Raises Broken."""
        text = _text(arguments)
        if text not in self.tried:
            self.tried[text] = self._tried(arguments, text)
        if self.tried[text]:
            raise Broken(self.tried[text])

    def _tried(self, arguments: Json, text: str) -> str:
        seconds = self.order["callSeconds"]
        if self.over():
            return ""
        first = self._one(arguments, seconds)
        if first.get("error", {}).get("type") == "Timeout":
            first = self._one(arguments, seconds)  # a machine may stall once
        told = self._fault(arguments, first, self._one(arguments, seconds) if "result" in first else first)
        self.seen.add(text)
        if told is None:
            return ""
        kind, message = told
        if kind == "Ends":
            self.end = 0.0  # to look for a smaller case would cost as long again, each time
        known = self.found.get(kind)
        if known is None or len(text) < len(known["arguments"]):
            self.found[kind] = {"property": kind, "arguments": text, "message": message}
        return kind

    def _one(self, arguments: Json, seconds: float) -> Json:
        late = {"error": {"type": "Timeout", "message": f"the call took longer than {seconds:g} s"}}
        answers = self._ask([arguments], seconds) or [late]
        return answers[0]

    def _ask(self, batch: list[Json], seconds: float) -> list[Json] | None:
        """An answer to each; None when there was none in time, or not for all."""
        order = self.order
        calls = [{"arguments": each, "proxy": order["proxy"]} for each in batch]
        body = {
            "calls": calls,
            "timeoutSeconds": seconds,
            "codeSeconds": seconds,
            "memoryMebibytes": order["memoryMebibytes"],
        }
        try:
            status, told = ask(order["port"], "POST", "/batch", body, seconds + SLACK_SECONDS)
        except Late:
            return None
        except NoAnswer as error:
            return [{"error": {"type": "Crashed", "message": str(error)}}] * len(batch)
        if status != 200:
            return [{"error": {"type": "Busy", "message": f"the launcher answered status {status}"}}] * len(
                batch
            )
        answers = told["answers"][0] if "answers" in told else told
        return answers if isinstance(answers, list) else [answers] * len(batch)

    def _fault(self, arguments: Json, first: Json, again: Json) -> tuple[str, str] | None:
        """The property that does not hold, and how."""
        match first:
            case {"error": {"type": str(kind), "message": str(message)}}:
                return self._of_error(arguments, kind, message)
            case {"result": dict(result)}:
                if told := problem(self.order["outputSchema"], result):
                    return "OutputSchema", told
                self.patterns |= {each for each in [untried(self.order["outputSchema"], result)] if each}
                if self.order["egress"]:
                    return None
                parted = difference(result, again.get("result"))
                return ("SameAnswer", f"called twice, {parted}") if parted else None
        return "Survives", "the answer is malformed"

    def _of_error(self, arguments: Json, kind: str, message: str) -> tuple[str, str] | None:
        if kind in UNJUDGED:
            self.unjudged.add(_text(arguments))
            return None
        if kind in PROPERTIES:
            return PROPERTIES[kind], message
        stumbled = kind == "ToolError" and message.partition(":")[0] in STUMBLES and not self.order["egress"]
        return ("CleanError", message) if stumbled else None


def _text(arguments: Json) -> str:
    return json.dumps(arguments, ensure_ascii=False, sort_keys=True)


def try_all(trier: Trier) -> str:
    """Bounds first, then what Hypothesis draws. One phrase when that could not be drawn."""
    from hypothesis import HealthCheck, Phase, Verbosity, given, settings
    from hypothesis import strategies as st

    from .draw import arguments
    from .edges import at_bounds

    schema = trier.order["inputSchema"]
    _at_bounds(trier, [each for known in trier.order["known"] for each in at_bounds(schema, known)])

    @settings(
        derandomize=True, database=None, deadline=None, max_examples=BATCHES,
        phases=(Phase.generate, Phase.shrink), suppress_health_check=list(HealthCheck),
        report_multiple_bugs=False, verbosity=Verbosity.quiet,
    )  # fmt: skip
    @given(st.lists(arguments(schema), min_size=1, max_size=BATCH))
    def holds(batch: list[Json]) -> None:
        trier.together(batch)

    try:
        holds()
    except Broken:
        pass
    except Exception as error:  # noqa: BLE001 - a schema nobody can draw from, or time that ran out between looks
        return "" if trier.found else f"{type(error).__name__}: {error}"
    return "" if not trier.over() or trier.found else "there was time for no more"


def _at_bounds(trier: Trier, cases: list[Json]) -> None:
    different = list({_text(each): each for each in cases}.values())
    for start in range(0, len(different), BATCH):
        if trier.found:
            return
        try:
            trier.together(different[start : start + BATCH])
        except Broken:
            pass


def main() -> None:
    """Read the order, try, tell."""
    sys.path.append(PLACE)
    os.environ.setdefault("HYPOTHESIS_STORAGE_DIRECTORY", f"{PLACE}/data")
    try:
        from . import draw  # noqa: F401 - Hypothesis is loaded while the harness still proves the walls
    except ImportError as error:
        json.dump({"because": f"Hypothesis cannot be loaded: {error}"}, sys.stdout)
        return
    order = json.load(sys.stdin)
    trier = Trier(order, time.monotonic())
    _end_with_words(trier)
    _tell(trier, try_all(trier))


def _end_with_words(trier: Trier) -> None:
    """Whatever goes on when all must be over: what was found is told. `re` lets signals through."""

    def late(*_: object) -> None:
        _tell(trier, "there was time for no more")
        sys.stdout.flush()
        os._exit(0)

    signal.signal(signal.SIGALRM, late)
    signal.setitimer(signal.ITIMER_REAL, max(0.1, trier.order["patience"]))


def _tell(trier: Trier, because: str) -> None:
    signal.setitimer(signal.ITIMER_REAL, 0)
    unread = [
        f"outputSchema's pattern {each[:60]!r} was not judged, it may take too long: leave one way to match"
        for each in sorted(trier.patterns)[:1]
    ]
    words = "; ".join([*unread, *([because] if because else [])])
    told = {"calls": len(trier.seen), "unjudged": len(trier.unjudged), "because": words}
    json.dump(told | {"broken": list(trier.found.values())}, sys.stdout)


if __name__ == "__main__":
    main()
