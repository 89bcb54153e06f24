"""docs/analysis.md says what the code does: its tables are the code's. Run this file to write them anew."""

from __future__ import annotations

import sys
from pathlib import Path

from cupel.analysis.modules import ALLOWED
from cupel.analysis.rules import ANALYSER, RULES

PAGE = Path(__file__).parents[3] / "docs" / "analysis.md"


def rules_table() -> str:
    rows = [f"| `{r.id}` | {r.what} | {r.why} | {r.remedy} |" for r in RULES.values()]
    return "\n".join(
        ["| rule | refuses | because | how to make it right |", "| --- | --- | --- | --- |", *rows]
    )


def modules_line() -> str:
    return ", ".join(f"`{module}`" for module in sorted(ALLOWED)) + "."


def between(page: str, name: str) -> str:
    return page.split(f"<!-- {name} -->\n", 1)[1].split(f"\n<!-- end of {name} -->", 1)[0]


GENERATED = {"rules": rules_table, "modules": modules_line}


def test_the_tables_are_the_code() -> None:
    page = PAGE.read_text()
    for name, render in GENERATED.items():
        assert between(page, name) == render(), f"python {Path(__file__).name} writes {name} anew"


def test_the_page_names_the_version() -> None:
    assert f"`{ANALYSER}`" in PAGE.read_text()


if __name__ == "__main__":
    text = PAGE.read_text()
    for part, renderer in GENERATED.items():
        start, end = f"<!-- {part} -->\n", f"\n<!-- end of {part} -->"
        text = text.replace(start + between(text, part) + end, start + renderer() + end)
    PAGE.write_text(text)
    sys.stdout.write(f"{PAGE.name} is up to date\n")
