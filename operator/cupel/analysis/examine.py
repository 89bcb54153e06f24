"""The whole analysis as one pure function over bytes; without the models, so the child starts quickly."""

from __future__ import annotations

from dataclasses import dataclass

from .abuse import examine_abuse
from .attributes import examine_attributes
from .body import examine_body
from .effects import State, examine_effects
from .formats import examine_formats
from .imports import examine_imports
from .layout import examine_layout
from .leaks import examine_leaks
from .names import examine_names
from .program import Program, read
from .rules import ANALYSER, Found
from .shapes import examine_shapes
from .text import examine_text, unreadable

MAX_FINDINGS = 20


@dataclass(frozen=True)
class Examination:
    """What was found in the bytes, by line, each thing once."""

    capabilities: tuple[str, ...]
    findings: tuple[Found, ...]

    def wire(self) -> dict[str, object]:
        """The JSON form of `AnalysisEvidence`."""
        shown = [
            {"rule": f.rule, "line": f.line, "message": f.message, "suggestion": f.suggestion}
            for f in self.findings[:MAX_FINDINGS]
        ]
        return {
            "analyser": ANALYSER,
            "verdict": "Refused" if self.findings else "Accepted",
            "capabilities": list(self.capabilities),
            "findings": shown,
            "moreFindings": min(max(len(self.findings) - MAX_FINDINGS, 0), 100_000),
        }


def examine(
    code: bytes, *, egress: tuple[str, ...], state: State, parameters: frozenset[str] | None = None
) -> Examination:
    """Judge one tool's bytes; `parameters` are the property names of its input schema."""
    findings = examine_text(code)
    if unreadable(findings):
        return _examination((), findings)
    program = read(code)
    if not isinstance(program, Program):
        return _examination((), [*findings, program])
    capabilities, effects = examine_effects(program, egress, state)
    findings += effects
    for part in (
        examine_imports(program),
        examine_names(program),
        examine_attributes(program),
        examine_shapes(program),
        examine_formats(program),
        examine_body(program, parameters),
        examine_abuse(program),
        examine_leaks(program),
        examine_layout(program),
    ):
        findings += part
    return _examination(capabilities, findings)


def _examination(capabilities: tuple[str, ...], findings: list[Found]) -> Examination:
    return Examination(capabilities, tuple(sorted(set(findings))))
