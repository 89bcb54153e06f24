"""Search among many tools, and what one tool more costs.

    PYTHONPATH=operator:. python -m tests.bench.wishes [--tools 5000] [--searches 2000]

The tools are made of the words of the tests' tools and of the lexicon (seeded), so that common words have long lists; the
wishes are those of the tests, and hostile ones as long as a wish may be. An answer must come first for its wish, or nothing
is reported.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import time
from collections.abc import Callable

from tests.unit.wishes.asked import ANSWERED, NEAR
from tests.unit.wishes.told import BEYOND, HOSTILE, WISHES
from tests.unit.wishes.tools import TOOLS

from cupel.wishes.search import Document, Index
from cupel.wishes.words import KNOWN

SEED, LONGEST_WISH = 20261127, 2000


def catalogue(count: int, dice: random.Random) -> list[Document]:
    """The tests' tools and others of 12 to 40 words, the common ones far more often than the rare."""
    known = sorted(KNOWN)
    own = [
        f"{''.join(dice.choices('bcdfgklmnprst', k=3))}{''.join(dice.choices('aeiou', k=2))}x"
        for _ in range(3000)
    ]
    pool = known * 8 + own
    weights = [1 / (1 + place) for place in range(len(pool))]
    dice.shuffle(pool)

    def some(count: int) -> list[str]:
        return dice.choices(pool, weights, k=count)

    made = [
        Document(
            f"{'-'.join(some(2))}-{n}", " ".join(some(dice.randint(12, 40))), tuple(some(3)), tuple(some(4))
        )
        for n in range(count - len(TOOLS))
    ]
    return [*made, *(Document(*tool) for tool in TOOLS)]


def wishes(dice: random.Random) -> list[str]:
    """What people ask, and as much text as a wish may be of the commonest words."""
    asked = [told.wish for told in WISHES] + [wish for wish, _ in ANSWERED] + [*NEAR, *BEYOND, *HOSTILE]
    long = [" ".join(dice.choices(sorted(KNOWN), k=400))[:LONGEST_WISH] for _ in range(len(asked) // 10)]
    return asked + long


def timed(do: Callable[[], object]) -> tuple[float, float]:
    """Milliseconds by the clock, and of the processor."""
    started, used = time.perf_counter(), time.process_time()
    do()
    return (time.perf_counter() - started) * 1000, (time.process_time() - used) * 1000


def quantiles(measured: list[tuple[float, float]]) -> str:
    clock, processor = (statistics.quantiles(times, n=100) for times in zip(*measured, strict=True))
    worst = max(each for each, _ in measured)
    return (
        f"p50 {clock[49]:.2f}, p95 {clock[94]:.2f}, p99 {clock[98]:.2f}, most {worst:.2f} ms; "
        f"processor p50 {processor[49]:.2f}, p99 {processor[98]:.2f} ms"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tools", type=int, default=5000)
    parser.add_argument("--searches", type=int, default=2000)
    options = parser.parse_args()
    dice = random.Random(SEED)
    documents = catalogue(options.tools, dice)
    built = time.perf_counter()
    index = Index.of(documents)
    built = time.perf_counter() - built
    for wish, name in (
        ("count the words in a text", "word-count"),
        ("make a QR code from a string", "qr-code"),
    ):
        assert index.search(wish, 1)[0].name == name
    asked = wishes(dice)
    searches = [
        timed(lambda wish=wish: index.search(wish)) for wish in dice.choices(asked, k=options.searches)
    ]  # type: ignore[misc]
    longest = [timed(lambda wish=wish: index.search(wish)) for wish in asked[-len(asked) // 11 :]]  # type: ignore[misc]
    some = dice.sample(documents, 100)
    removed = [timed(lambda name=each.name: index.without(name)) for each in some]  # type: ignore[misc]
    replaced = [timed(lambda each=each: index.with_(each)) for each in some]  # type: ignore[misc]
    print(
        f"{options.tools} tools, {len(index.postings)} words, longest list {max(map(len, index.postings.values()))}"
    )
    print(f"built in {built:.2f} s")
    print(f"search: {quantiles(searches)}")
    print(f"search for the longest wishes: {quantiles(longest)}")
    print(f"tool removed: {quantiles(removed)}")
    print(f"tool replaced: {quantiles(replaced)}")
    print(f"load {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
