"""How many mutants of each template's code its own trials kill: `python -m tests.bench mutants`; names survivors.

`python -m tests.bench.mutants NAME...` measures only these templates; `--variants` the further parameters, too.
"""

from __future__ import annotations

import json
import sys
import time

from tests.support.mutants import Mutant, mutants, survives

from cupel.templates.catalogue import TEMPLATES, make

WANTED = 0.8


def measure(name: str, parameters: dict[str, object]) -> tuple[int, list[Mutant]]:
    """How many mutants there are, and those that live."""
    draft = make(name, parameters)
    every = mutants(draft)
    return len(every), [each for each in every if survives(draft, each)]


def main() -> int:
    names = [each for each in sys.argv[1:] if not each.startswith("-")] or list(TEMPLATES)
    weak, all_count, all_alive, start = [], 0, 0, time.monotonic()
    for name in names:
        template = TEMPLATES[name]
        for parameters in (template.example, *(template.variants if "--variants" in sys.argv else ())):
            count, alive = measure(name, parameters)
            all_count, all_alive = all_count + count, all_alive + len(alive)
            share = 1 - len(alive) / count
            print(
                f"{name} {json.dumps(parameters)[:80]}: {count - len(alive)} of {count} killed ({share:.1%})",
                flush=True,
            )
            for each in alive:
                print(f"    line {each.line}: {each.change}")
            weak += [name] if share < WANTED else []
    killed = all_count - all_alive
    print(
        f"all: {killed} of {all_count} killed ({killed / all_count:.1%}) in {time.monotonic() - start:.0f} s"
    )
    return 1 if weak else 0


if __name__ == "__main__":
    sys.exit(main())
