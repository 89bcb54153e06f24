"""docs/reasons.md lists every reason the code can give, and no other."""

import ast
import re
from pathlib import Path
from typing import get_args

from cupel.control.fleet import REASONS
from cupel.control.rollback import Reason
from cupel.decide.autonomy_words import BECAUSE

ROOT = Path(__file__).resolve().parents[3]
DECIDE = ROOT / "operator" / "cupel" / "decide"
MANIFESTS = {DECIDE / "desired.py", DECIDE / "pods.py", DECIDE / "zone.py"}
"""Modules that only write objects down; their words are Kubernetes' own."""
CALLS = {"passed": 0, "waiting": 0, "refused": 0, "Verdict": 1}
SUMMARIES = {"Serving", "Approved", "InUse"}


def given() -> set[str]:
    """Reasons written as literals: in outcomes, verdicts, and tables that map to them."""
    found: set[str] = {*BECAUSE, *REASONS}  # the engine's; `decide` puts most of them into words
    for path in set(DECIDE.glob("*.py")) - MANIFESTS:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in CALLS:
                found |= {
                    n.value for n in node.args[CALLS[node.func.id] :][:1] if isinstance(n, ast.Constant)
                }
            if isinstance(node, ast.Return | ast.Assign | ast.AnnAssign) and node.value is not None:
                found |= {
                    n.value
                    for n in ast.walk(node.value)
                    if isinstance(n, ast.Constant)
                    and isinstance(n.value, str)
                    and re.fullmatch(r"([A-Z][a-z]+){2,}", n.value)
                }
    return found | set(get_args(Reason))


def listed() -> set[str]:
    page = (ROOT / "docs" / "reasons.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| ([A-Z][A-Za-z, ]+?) \|", page, re.MULTILINE)
    return {word for row in rows for word in row.split(" and ")[0].split(", ")}


OTHER_WORDS = {
    "ToolRevision", "GeneratedTool", "CapabilityGap", "ConfigMap", "Deployment", "Pod", "RollingUpdate", "RuntimeDefault", "IfNotPresent",
    "TwoPeople", "CrashLoopBackOff", "ImagePullBackOff", "InvalidImageName", "ErrImagePull", "ErrImageNeverPull",
    "DeadlineExceeded", "Running", "RolledBack", "NotReached", "ScaleUp", "ScaleDown", "NoOp", "NotTaken",
    "AwaitingPeople", "HeldOut",
}  # fmt: skip
"""Words of Kubernetes, of our kinds, of what approvers and askers are shown, that stand where reasons may stand."""


def test_every_reason_is_explained():
    assert given() - listed() - OTHER_WORDS - SUMMARIES == set()


def test_no_reason_is_explained_that_nothing_gives():
    assert listed() - given() - {"Evicted", "ToolTimeout", "OutOfMemory", "ToolCrashed"} - SUMMARIES == set()
