"""Static analysis: bytes in, findings and capabilities out. Nothing is executed or read from disk."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .effects import State
from .examine import examine
from .rules import ANALYSER

if TYPE_CHECKING:
    from cupel.api.tool_revision import AnalysisEvidence


def analyse(
    code: bytes, *, egress: tuple[str, ...], state: State, parameters: frozenset[str] | None = None
) -> AnalysisEvidence:
    """Judge one tool's bytes against its permissions.

    `parameters` are the property names of its input schema; None leaves run()'s parameters unchecked.
    Never raises on any bytes; untrusted bytes still belong into `cupel.assay`'s child process.
    """
    from cupel.api.tool_revision import AnalysisEvidence  # late: the child process starts without the models

    examination = examine(code, egress=egress, state=state, parameters=parameters)
    return AnalysisEvidence.model_validate(examination.wire())


__all__ = ["ANALYSER", "analyse"]
