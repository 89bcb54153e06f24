"""What properties and mutants come to: a refusal for those who are held to them, one sentence for all."""

from __future__ import annotations

from collections.abc import Iterator
from math import inf, log

from cupel.api.proof import MutantsProof, PropertiesProof
from cupel.api.report import Report
from cupel.api.tool_policy import ValidationPolicy

DRAWS = 100
"""In one of so many a tool whose trials are just good enough is refused, where there was no time for all."""


def held(limits: ValidationPolicy, generated: bool) -> bool:
    """Whether this tool is refused for what is found."""
    return limits.held_to == "Everybody" or (limits.held_to == "Generated" and generated)


def refusal(report: Report, limits: ValidationPolicy) -> tuple[str, str] | None:
    """Reason and message of what does not pass; None when all is well, or nothing was tried."""
    if report.properties and report.properties.broken:
        return "PropertyBroken", "; ".join(broken_lines(report.properties))
    if report.mutants and report.mutants.obstacle and limits.mutants_killed_percent:
        return "MutantsUnjudged", obstacle_line(report.mutants)
    if report.mutants and _weak(report.mutants, limits.mutants_killed_percent):
        first = "; ".join(survivor_lines(report.mutants)[:3])
        wanted = f"ToolPolicy validation.mutantsKilledPercent wants {limits.mutants_killed_percent} %"
        return "MutantsSurvive", f"{_share(report.mutants)}; {wanted}. Add examples or tests: {first}"
    return None


def said(report: Report, limits: ValidationPolicy) -> str:
    """What was proved, behind the trials; empty when nothing was tried."""
    parts = [part for part in (_properties(report.properties), _mutants(report.mutants)) if part]
    if found := refusal(report, limits):
        parts.append(f"told only, not held against it (ToolPolicy validation.heldTo): {found[0]}: {found[1]}")
    return "".join(f"; {part}" for part in parts)


def broken_lines(properties: PropertiesProof) -> list[str]:
    """One sentence for each property that does not hold."""
    return [
        f"{each.property} does not hold for {each.arguments}: {each.message}" for each in properties.broken
    ]


def survivor_lines(mutants: MutantsProof) -> list[str]:
    """One sentence for each change that nothing noticed."""
    return [f"no example and no test notices on line {each.line} {each.change}" for each in mutants.survivors]


def obstacle_line(mutants: MutantsProof) -> str:
    """Why no change could be judged, where that lies in the tool. What nobody can judge is not proved."""
    return f"no change of the code can be judged: {mutants.obstacle}"


def lines(report: Report) -> Iterator[str]:
    """All of it for people, line by line."""
    if report.properties:
        yield _properties(report.properties)
        yield from broken_lines(report.properties)
    if report.mutants:
        yield _mutants(report.mutants)
        yield from [obstacle_line(report.mutants)] if report.mutants.obstacle else []
        yield from survivor_lines(report.mutants)


def _weak(mutants: MutantsProof, percent: int) -> bool:
    """Whether more live than may. Where there was no time for all, those tried are a draw of them: a busy
    node refuses nobody by chance, and a slow tool gets nothing through.
    """
    survivors, may = mutants.tried - mutants.killed, 100 - percent
    counted = mutants.total if mutants.because else mutants.tried
    drawn = mutants.because != "" and _surely_more(survivors, mutants.tried, may / 100)
    return drawn or survivors * 100 > counted * may


def _surely_more(survivors: int, tried: int, may: float) -> bool:
    """Whether chance shows as many, where no more live than may, less often than once in a hundred draws
    (Chernoff's bound).
    """
    lives = survivors / tried if tried else 0.0
    if lives <= may:
        return False
    says = lives * log(lives / may) if may else inf
    says += (1 - lives) * log((1 - lives) / (1 - may)) if lives < 1 else 0.0
    return tried * says > log(DRAWS)


def _share(mutants: MutantsProof) -> str:
    percent = f" ({100 * mutants.killed // mutants.tried} %)" if mutants.tried else ""
    of = f" of {mutants.total}" if mutants.total != mutants.tried else ""
    return f"{mutants.killed} of {mutants.tried} mutants killed{percent}" + (f", a sample{of}" if of else "")


def _properties(properties: PropertiesProof | None) -> str:
    if properties is None:
        return ""
    verdict = "broken in" if properties.broken else "hold for"
    aside = f", {properties.unjudged} unjudged" if properties.unjudged else ""
    why = f" ({properties.because})" if properties.because else ""
    return f"properties {verdict} {properties.calls} drawn calls{aside}{why}"


def _mutants(mutants: MutantsProof | None) -> str:
    if mutants is None:
        return ""
    return _share(mutants) + (f" ({mutants.because})" if mutants.because else "")
