"""What a tool's spec asks for, judged by its content alone: its digest, its schemas, its trials.

The world has no say in it, so that it is worked out once for each generation.
"""

from __future__ import annotations

import re

from cupel.analysis.effort import MOST
from cupel.analysis.schemas import TOO_MUCH, SchemaProblem, compiled, violation
from cupel.api.bundle import (
    MAX_BUNDLE_BYTES,
    MAX_DEPTH,
    Bundle,
    bundle_of,
    canonical,
    digest_of,
    nesting,
)
from cupel.api.generated_tool import GeneratedTool
from cupel.api.trial import Trial

from .tool_world import Asked

NAME = re.compile(r"^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$")
MAX_SCHEMA_BYTES = 32_768


def asked_by(tool: GeneratedTool) -> Asked:
    """The digest of what the spec asks for, and what is wrong with it."""
    if not NAME.match(tool.name):
        return Asked()
    if not tool.code:
        message = "`spec.source.inline.code` must be given for type Inline"
        return Asked("", ("SourceInvalid", message))
    if nesting(tool) > MAX_DEPTH:
        message = f"schemas, examples and tests must not be nested more than {MAX_DEPTH} deep"
        return Asked("", ("BundleTooLarge", message))
    content = bundle_of(tool).content()
    return Asked(digest_of(content), _too_large(content) or contract_problem(content))


def digest_asked(tool: GeneratedTool) -> str:
    """The digest of what the spec asks for; empty when it cannot be bundled, which Accepted refuses."""
    return asked_by(tool).digest


def _too_large(content: bytes) -> tuple[str, str] | None:
    if len(content) <= MAX_BUNDLE_BYTES:
        return None
    message = f"code, schemas, examples and tests are {len(content)} bytes, more than {MAX_BUNDLE_BYTES}"
    return "BundleTooLarge", message


def contract_problem(content: bytes) -> tuple[str, str]:
    """(reason, message) of what is wrong with schemas or trials of a bundle; both empty when nothing is."""
    bundle = Bundle.model_validate_json(content)
    for field in ("inputSchema", "outputSchema"):
        problem = _schema_problem(bundle.interface.wire()[field])
        if problem:
            return "SchemaInvalid", f"`spec.interface.{field}`: {problem}"
    if _effort(bundle) > MOST:
        return "ExampleInvalid", f"`spec.examples` and `spec.tests`, all together: {TOO_MUCH}"
    for field, trials in (("examples", bundle.examples), ("tests", bundle.tests)):
        problem = _trials_problem(field, trials, bundle)
        if problem:
            return "ExampleInvalid", problem
    return "", ""


def _effort(bundle: Bundle) -> int:
    """What checking all trials against the schemas takes, counted as far as it may be."""
    interface, total = bundle.interface, 0
    takes, gives = (compiled(one) for one in (interface.input_schema, interface.output_schema))
    for trial in (*bundle.examples, *bundle.tests):
        total += takes.effort(trial.arguments, MOST - total) + gives.effort(trial.result, MOST - total)
        if total > MOST:
            break
    return total


def _schema_problem(schema: dict[str, object]) -> str:
    if len(canonical(schema)) > MAX_SCHEMA_BYTES:
        return f"must be at most {MAX_SCHEMA_BYTES} bytes"
    try:
        compiled(schema)
    except SchemaProblem as problem:
        return str(problem)
    return ""


def _trials_problem(field: str, trials: tuple[Trial, ...], bundle: Bundle) -> str:
    seen: set[str] = set()
    for index, trial in enumerate(trials):
        problem = f"is not unique: {trial.name}" if trial.name in seen else _trial_problem(trial, bundle)
        if problem:
            return f"`spec.{field}[{index}]` ({trial.name}): {problem}"
        seen.add(trial.name)
    return ""


def _trial_problem(trial: Trial, bundle: Bundle) -> str:
    if (trial.result is None) == (trial.error is None):
        return "must have exactly one of result and error"
    if trial.state is not None and bundle.permissions.state == "None":
        return "state needs `spec.permissions.state: PerTenant`"
    for exchange in trial.exchanges:
        target = target_of(exchange.request.url)
        if target not in bundle.permissions.egress:
            return f"an exchange calls {target}, which is not in `spec.permissions.egress`"
    if trial.error is None:
        problem = violation(bundle.interface.input_schema, trial.arguments)
        if problem:
            return f"arguments contradict inputSchema: {problem}"
        problem = violation(bundle.interface.output_schema, trial.result)
        if problem:
            return f"result contradicts outputSchema: {problem}"
    return ""


def target_of(url: str) -> str:
    """`host:port` of an absolute http(s) URL, lower case, the port filled in."""
    scheme, _, rest = url.partition("://")
    authority = re.split(r"[/?#]", rest, maxsplit=1)[0].rpartition("@")[2].lower()
    host, _, port = authority.partition(":")
    return f"{host}:{port or (443 if scheme == 'https' else 80)}"
