"""`check FILE...`: what the gates Accepted and Analyzed would say, without a cluster. Nothing is executed."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from pydantic import ValidationError

from cupel.api.bundle import MAX_BUNDLE_BYTES, Bundle, bundle_of
from cupel.api.common import API_VERSION, GROUP, JsonObject
from cupel.api.generated_tool import GeneratedTool
from cupel.api.kinds import KINDS
from cupel.api.permissions import HOST, PORT
from cupel.api.tool_policy import ToolPolicy
from cupel.api.tool_revision import AnalysisEvidence
from cupel.assay import assay_now
from cupel.decide.acceptance import permission_problem
from cupel.decide.asked import NAME, contract_problem
from cupel.decide.harmless import one_line
from cupel.decide.tool_revision import refusal

from .manifests import Unreadable, documents
from .output import Exit, Failure
from .problems import HOST_AND_PORT, problems

State = Literal["None", "PerTenant"]
Verdict = Literal["Accepted", "Refused", "Unusable"]
WORST: dict[Verdict, int] = {"Accepted": 0, "Refused": 1, "Unusable": 2}
MAX_CODE_FILE = 16 * 2**20
"""The analyser refuses beyond 64 KiB; what is far larger is not even read."""
OURS = tuple(kind.name for kind in KINDS)
TARGET = re.compile(f"{HOST}:{PORT}\\Z")


@dataclass(frozen=True)
class Result:
    """What came of one tool, or of one file that holds none."""

    file: str
    verdict: Verdict
    tool: str = ""
    reason: str = ""
    message: str = ""
    digest: str = ""
    evidence: AnalysisEvidence | None = None
    skipped: tuple[str, ...] = field(default=())
    """Other kinds in the same file, which are not judged."""


@dataclass(frozen=True)
class Declared:
    """What the flags say about a bare `.py`."""

    egress: tuple[str, ...] = ()
    state: State = "None"
    form: Literal["auto", "python", "manifest"] = "auto"


def declared(egress: Iterable[str], state: bool, form: str) -> Declared:
    """Read the flags. Raises Failure when they cannot be meant."""
    targets = tuple(dict.fromkeys(egress))
    for target in targets:
        if not TARGET.match(target):
            raise Failure(f"--egress {target}: {HOST_AND_PORT}", Exit.UNUSABLE)
    match form:
        case "auto" | "python" | "manifest":
            return Declared(targets, "PerTenant" if state else "None", form)
    raise Failure(f"--type {form}: auto, python or manifest", Exit.UNUSABLE)


def check(names: Iterable[str], declared: Declared) -> list[Result]:
    """One result for each tool; files are read in order, and a ToolPolicy in one judges the tools of all."""
    found: list[Result] = []
    tools: list[tuple[str, JsonObject]] = []
    policies: dict[str, ToolPolicy] = {}
    order = {name: place for place, name in enumerate(dict.fromkeys(names))}
    for name in order:
        try:
            content = _content(name)
            if _is_python(name, content, declared):
                found.append(_code(name, content, declared))
            else:
                found += _sorted(name, documents(content), tools, policies)
        except Unreadable as error:
            found.append(Result(name, "Unusable", reason="Unreadable", message=f"{name} {error}"))
    found += [_manifest(name, body, policies) for name, body in tools]
    return sorted(found, key=lambda result: order[result.file])


def _content(name: str) -> bytes:
    if name == "-":
        return sys.stdin.buffer.read(MAX_CODE_FILE)
    path = Path(name)
    try:
        with path.open("rb") as file:
            return file.read(MAX_CODE_FILE)
    except OSError as error:
        raise Unreadable(f"cannot be read: {error.strerror or type(error).__name__}") from error
    except ValueError as error:  # a NUL in the name
        raise Unreadable("cannot be read: its name is no path") from error


def _is_python(name: str, content: bytes, declared: Declared) -> bool:
    if declared.form != "auto":
        return declared.form == "python"
    match Path(name).suffix.lower():
        case ".py":
            return True
        case ".yaml" | ".yml" | ".json":
            return False
    if name == "-":
        return not (content.lstrip().startswith(b"{") or b"apiVersion:" in content)
    raise Unreadable("is neither .py nor .yaml, .yml or .json: say --type python or --type manifest")


def _code(name: str, content: bytes, declared: Declared) -> Result:
    evidence = assay_now(content, egress=declared.egress, state=declared.state, parameters=None)
    return _judged(Result(name, "Accepted", evidence=evidence))


def _judged(result: Result) -> Result:
    evidence = result.evidence
    if evidence is None or evidence.verdict == "Accepted":
        return result
    total = len(evidence.findings) + evidence.more_findings
    message = f"{total} finding{'s' if total != 1 else ''}"
    return replace(result, verdict="Refused", reason=refusal(evidence), message=message)


def _sorted(
    name: str,
    bodies: list[dict[str, Any]],
    tools: list[tuple[str, JsonObject]],
    policies: dict[str, ToolPolicy],
) -> Iterator[Result]:
    """Put tools and policies where they belong; a file that holds nothing of ours is unusable."""
    skipped = []
    useful = False
    for body in bodies:
        kind, version = body["kind"], str(body.get("apiVersion", ""))
        if kind == "GeneratedTool" and version.startswith(f"{GROUP}/"):
            tools.append((name, body))
            useful = True
        elif kind == "ToolPolicy" and version == API_VERSION:
            useful = True
            yield from _policy(name, body, policies)
        elif version.startswith(f"{GROUP}/") and kind not in OURS:
            useful = True
            yield Result(name, "Unusable", one_line(_name(body)), "WrongKind", _no_such_kind(name, kind))
        else:
            useful = useful or version.startswith(f"{GROUP}/")
            skipped.append(f"{kind} {_name(body)}".strip())
    if not useful:
        message = f"{name} holds no GeneratedTool, but {', '.join(skipped[:5])}"
        yield Result(name, "Unusable", reason="WrongKind", message=one_line(message))
    elif skipped:
        yield Result(name, "Accepted", skipped=tuple(one_line(each) for each in skipped))


def _no_such_kind(name: str, kind: str) -> str:
    """A slip of the pen must not pass as a kind that is none of our business."""
    return one_line(f"{name} holds a {kind}, which {GROUP} has not: `kind` is one of {', '.join(OURS)}")


def _name(body: JsonObject) -> str:
    metadata = body.get("metadata")
    return str(metadata.get("name", "")) if isinstance(metadata, dict) else ""


def _policy(name: str, body: JsonObject, policies: dict[str, ToolPolicy]) -> Iterator[Result]:
    try:
        policy = ToolPolicy.parse(body)
    except ValidationError as error:
        yield Result(name, "Refused", f"ToolPolicy {_name(body)}", "Invalid", problems(error, ToolPolicy))
    else:
        policies[policy.name] = policy


def _manifest(name: str, body: JsonObject, policies: dict[str, ToolPolicy]) -> Result:
    """Model, contract, policy, code: the first that objects ends it."""
    title = one_line(_name(body))
    if body.get("apiVersion") != API_VERSION:
        return Result(name, "Refused", title, "Invalid", f"`apiVersion`: must be {API_VERSION}")
    try:
        tool = GeneratedTool.parse({**body, "status": {}})
        bundle = _bundle(tool)
        digest = bundle.digest()
        size = len(bundle.content())
    except ValidationError as error:
        return Result(name, "Refused", title, "Invalid", problems(error, GeneratedTool))
    except ValueError as error:
        return Result(name, "Refused", title, "Invalid", one_line(str(error)))
    if size > MAX_BUNDLE_BYTES:
        message = f"code, schemas, examples and tests are {size} bytes, more than {MAX_BUNDLE_BYTES}"
        return Result(name, "Refused", title, "BundleTooLarge", message)
    reason, message = contract_problem(bundle.content())
    policy = policies.get(tool.spec.policy_ref.name)
    if not reason and policy is not None and (message := permission_problem(tool, policy)):
        reason = "PermissionNotAllowed"
    if reason:
        return Result(name, "Refused", title, reason, message, digest)
    permissions = tool.spec.permissions
    evidence = assay_now(
        tool.code.encode("utf-8"),
        egress=permissions.egress,
        state=permissions.state,
        parameters=tuple(sorted(tool.spec.interface.input_schema.get("properties", {}))),
    )
    return _judged(Result(name, "Accepted", title, digest=digest, evidence=evidence))


def _bundle(tool: GeneratedTool) -> Bundle:
    """Raises ValueError for what no cluster takes."""
    if not NAME.match(tool.name):
        raise ValueError("`metadata.name` must be at most 63 lower-case letters, digits and hyphens")
    try:
        bundle = bundle_of(tool)
        bundle.content()
    except ValidationError:
        raise
    except ValueError as error:
        raise ValueError(f"cannot be written as JSON: {error}") from error
    return bundle
