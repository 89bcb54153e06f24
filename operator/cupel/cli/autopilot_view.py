"""`autopilot NAME` as a tree: what was seen, what is believed and forecast, what was chosen and why, what
came of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text
from rich.tree import Tree

from cupel.api.autonomy_policy import AutonomyPolicy
from cupel.api.autonomy_status import Decided
from cupel.decide.autonomy_words import pods, sureness
from cupel.decide.harmless import one_line

from .output import ago

WIDTH = 40
MARKS = " ▁▂▃▄▅▆▇█"
UNITS = {
    "throughputPerSecond": "a second",
    "inFlight": "calls",
    "latencyMilliseconds": "ms",
    "errorPerMille": "of 1000",
    "cpuPercent": "%",
    "memoryPercent": "%",
}
STYLES = {"True": "green", "False": "bold red", "Unknown": "yellow"}
OUTCOMES = {"Right": "green", "Wrong": "bold red", "Pending": "yellow", "NotTaken": "dim", "Unknown": "dim"}
NOT_YET = "the autopilot has not looked at it yet"


def drawn(policy: AutonomyPolicy, moment: datetime, past: Sequence[float] = ()) -> RenderableType:
    """The whole picture. `past` is what was believed before, oldest first, where somebody watched."""
    root = Tree(_headline(policy))
    status = policy.status
    for condition in status.conditions:
        line = Text.assemble((f"{condition.type}={condition.status}", STYLES.get(condition.status, "")))
        root.add(line.append(f" {condition.reason}: {one_line(condition.message)}"))
    if not status.conditions:
        root.add(Text(NOT_YET, style="yellow"))
    _seen(root, policy, moment)
    _believed(root, policy, moment, past)
    _evidence(root, policy, moment)
    _chosen(root, policy, moment)
    return Group(root, _history(status.history, moment)) if status.history else root


def _headline(policy: AutonomyPolicy) -> Text:
    spec = policy.spec
    place, flies = f"{policy.namespace}/{policy.name}", f"{spec.target_ref.kind} {spec.target_ref.name}"
    how = f"{spec.authority}, {spec.mode}, every {spec.period_seconds} s"
    text = Text.assemble((place, "bold"), f"  flies {flies}: {how}")
    return text.append("  paused", style="yellow") if spec.paused else text


def _seen(root: Tree, policy: AutonomyPolicy, moment: datetime) -> None:
    if not policy.status.seen:
        return
    branch = root.add("seen")
    width = max(len(signal.name) for signal in policy.status.seen)
    for signal in policy.status.seen:
        line = Text(signal.name.ljust(width) + "  ")
        if signal.value is not None:
            unit = UNITS.get(signal.name, "")
            line.append(f"{signal.value} {unit}".rstrip() + f"  {ago(signal.at, moment)} ago")
        if signal.problem:
            line.append(f"  missing: {one_line(signal.problem)}", style="yellow")
        branch.add(line)


def _believed(root: Tree, policy: AutonomyPolicy, moment: datetime, past: Sequence[float]) -> None:
    believed, forecast, status = policy.status.believed, policy.status.forecast, policy.status
    if believed is not None:
        line = f"believed  {believed.level} ± {believed.level_deviation} a second, {_moving(believed.trend)}"
        line += f"; one Pod carries {believed.capacity or '?'}"
        branch = root.add(Text(f"{line}  {ago(believed.at, moment)} ago"))
        if len(past) > 1:
            branch.add(Text(spark(past)))
    if forecast is not None:
        ahead = f"in {forecast.seconds_ahead} s {forecast.expected} a second, not above {forecast.high}"
        branch = root.add(Text(f"forecast  {ahead}: {pods(forecast.replicas)}"))
        if believed is not None and believed.capacity is not None and status.replicas:
            able = status.replicas * float(believed.capacity)
            branch.add(bar(float(believed.level), float(forecast.high), able))
    _indices(root, policy)


def _moving(trend: str) -> str:
    """Rising or falling, and by how much."""
    rate = float(trend)
    if rate == 0:
        return "steady"
    return f"{'rising' if rate > 0 else 'falling'} {trend.lstrip('+-')} a second each second"


def _indices(root: Tree, policy: AutonomyPolicy) -> None:
    indices, tuned = policy.status.indices, policy.status.tuned
    figures = {
        "omega": indices.omega_per_mille,
        "psi": indices.psi_per_mille,
        "beta": indices.beta_per_mille,
    }
    if any(value is not None for value in figures.values()):
        shown = (
            f"{name} {'?' if value is None else f'{value / 1000:.3f}'}" for name, value in figures.items()
        )
        root.add(Text("indices   " + ", ".join(shown)))
    if tuned is not None:
        eta, gamma = tuned.adaptation_per_mille / 1000, tuned.memory_per_mille / 1000
        root.add(Text(f"tuned     eta {eta:.3f}, gamma {gamma:.3f}, tau {tuned.horizon_seconds} s"))


def _evidence(root: Tree, policy: AutonomyPolicy, moment: datetime) -> None:
    """What is held against what serves, and of a Deployment what became of the revisions before it."""
    evidence = policy.status.evidence
    if evidence is None:
        return
    said = f"{evidence.reason}: {one_line(evidence.message)}"
    branch = root.add(Text(f"evidence  {evidence.identity[:19]}  {said}"))
    for one in policy.status.revisions:
        known = {"good": one.good_at, "rolled back": one.condemned_at, "left": one.left_at}
        words = [one.name, f"served first {ago(one.since, moment)} ago"]
        words += [f"{word} {ago(at, moment)} ago" for word, at in known.items() if at]
        words += ["brought back"] if one.returned_at else []
        branch.add(Text(", ".join(words)))


def _chosen(root: Tree, policy: AutonomyPolicy, moment: datetime) -> None:
    status = policy.status
    if status.replicas is not None:
        wanted = "" if status.desired_replicas is None else f", {status.desired_replicas} wanted"
        root.add(Text(f"Pods      {status.replicas}{wanted}"))
    if (decided := status.decision) is not None:
        line = Text.assemble("chosen    ", (decided.action, "bold"), _to(decided))
        how = sureness(decided.reason, decided.confidence_percent)
        sure = f"{decided.reason}, {how}, {ago(decided.at, moment)} ago"
        branch = root.add(line.append(f"  {sure}"))
        if decided.message:
            branch.add(Text(one_line(decided.message)))


def _to(decided: Decided) -> str:
    if left := decided.digest or decided.left:
        return f" of {left[:19]}"
    return "" if decided.replicas is None or decided.action == "Retune" else f" to {decided.replicas}"


def _history(history: Sequence[Decided], moment: datetime) -> Table:
    """As kubectl prints: no borders, capitals on top."""
    grid = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("AGE", "CHOSEN", "SURE", "REASON", "CAME OF IT"):
        grid.add_column(heading, no_wrap=True)
    grid.add_column("WHY", overflow="ellipsis", no_wrap=True)
    for one in history:
        said = "" if one.authority == "Act" else " (only said)"
        came = Text(one.outcome, style=OUTCOMES[one.outcome])
        why = one_line(one.outcome_message or one.message)
        grid.add_row(
            ago(one.at, moment),
            f"{one.action}{_to(one)}{said}",
            sureness(one.reason, one.confidence_percent).removesuffix(" sure"),
            one.reason,
            came,
            why,
        )
    return grid


def bar(level: float, high: float, able: float) -> Text:
    """Demand against what the Pods carry, on one scale: believed, forecast at its highest, to spare."""
    most = max(level, high, able, 1e-9)
    now, ahead, carried = (round(WIDTH * max(one, 0.0) / most) for one in (level, max(high, level), able))
    text = Text("█" * now, style="green" if level <= able else "bold red")
    text.append("▒" * (ahead - now), style="yellow" if high > able else "")
    text.append("░" * max(carried - ahead, 0), style="dim")
    return text.append(f"  █ demand {level:g}, ▒ forecast {high:g}, ░ the Pods carry {able:g}")


def spark(past: Sequence[float]) -> str:
    """What was believed, one mark a look, between its least and its most."""
    shown = past[-WIDTH:]
    least, most = min(shown), max(shown)
    steps = len(MARKS) - 1
    if most == least:
        return f"{MARKS[1] * len(shown)}  {least:g} to {most:g} a second"
    marks = (MARKS[round(steps * (one - least) / (most - least))] for one in shown)
    return f"{''.join(marks)}  {least:g} to {most:g} a second"
