"""Finding out: from the questions of a decision to the adapters that answer them."""

from __future__ import annotations

from typing import Literal, cast

from cupel.api.tool_revision import AnalysisEvidence
from cupel.assay import assay
from cupel.decide.plan import Analyze, Verify
from cupel.toolpod import unreached
from cupel.toolpod import verify as ask_pods


async def analyze(action: Analyze) -> AnalysisEvidence:
    """Judge the code in a limited child process."""
    state = cast(Literal["None", "PerTenant"], action.state)
    code = action.code.encode("utf-8", "surrogatepass")
    return await assay(code, egress=action.egress, state=state, parameters=action.parameters)


async def verify(action: Verify) -> tuple[Literal["Passed", "Failed", "Unreached"], str]:
    """Call the live Pods with the examples."""
    problem = await ask_pods(
        action.addresses, action.bundle, action.digest, action.timeout_seconds, action.repeat
    )
    if not problem:
        return "Passed", ""
    return ("Unreached" if unreached(problem) else "Failed"), problem
