"""The manifests: current, complete (every field described and bounded), and shown as kubectl users expect."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from cupel.api.crd import crd, schema
from cupel.api.kinds import KINDS, Kind
from cupel.api.markers import LIST_TYPE, VALIDATIONS
from cupel.api.structural import PRESERVE

ROOT = Path(__file__).parents[3]
FREE = {
    "spec.interface.inputSchema", "spec.interface.outputSchema", "spec.examples[].arguments",
    "spec.examples[].result", "spec.examples[].state.before", "spec.examples[].state.after",
    "spec.template.parameters", "spec.origin.parameters", "status.plan.parameters",
}  # fmt: skip
each_kind = pytest.mark.parametrize("kind", KINDS, ids=[kind.name for kind in KINDS])


def fields(node: dict[str, Any], path: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every field below this one, with its path; items of lists and values of maps included."""
    for name, field in node.get("properties", {}).items():
        yield f"{path}{name}", field
        yield from fields(field, f"{path}{name}.")
    for key, step in (("items", "[]"), ("additionalProperties", ".*")):
        if isinstance(node.get(key), dict):
            at = path.removesuffix(".") + step
            yield at, node[key]
            yield from fields(node[key], at + ".")


def bounded(field: dict[str, Any]) -> bool:
    match field["type"]:
        case "string":
            return "maxLength" in field or "enum" in field
        case "integer":
            return "minimum" in field and "maximum" in field
        case "array":
            return "maxItems" in field and LIST_TYPE in field
        case "object":
            return "properties" in field or "maxProperties" in field
        case "boolean":
            return True
    return False


def test_the_files_are_what_the_models_say() -> None:
    spec = importlib.util.spec_from_file_location("generate", ROOT / "crds" / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    generate = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(generate)
    assert generate.stale() == [], "run python crds/generate.py"


def test_kustomize_lists_every_kind() -> None:
    listed = yaml.safe_load((ROOT / "crds" / "kustomization.yaml").read_text("utf-8"))["resources"]
    assert sorted(listed) == sorted(f"{kind.plural}.yaml" for kind in KINDS)


@each_kind
def test_every_field_is_described(kind: Kind) -> None:
    silent = [
        path
        for path, field in fields(schema(kind), "")
        if not field.get("description") and not path.endswith(("[]", ".*"))
    ]
    assert silent == []


@each_kind
def test_descriptions_are_sentences(kind: Kind) -> None:
    odd = [p for p, f in fields(schema(kind), "") if "description" in f and f["description"][-1:] not in ".)"]
    assert odd == []


@each_kind
def test_every_field_is_bounded(kind: Kind) -> None:
    assert [path for path, field in fields(schema(kind), "") if not bounded(field)] == []


@each_kind
def test_no_floats_anywhere_and_nothing_nullable(kind: Kind) -> None:
    found = list(fields(schema(kind), ""))
    assert [path for path, field in found if field["type"] == "number" or "nullable" in field] == []


@each_kind
def test_only_json_is_free_form(kind: Kind) -> None:
    free = {path for path, field in fields(schema(kind), "") if field.get(PRESERVE)}
    outer = {path.replace("spec.bundle.", "spec.").replace("tests[]", "examples[]") for path in free}
    assert outer <= FREE
    assert all(schema_of(kind, path).get("maxProperties") for path in free)


def schema_of(kind: Kind, path: str) -> dict[str, Any]:
    return dict(fields(schema(kind), ""))[path]


@each_kind
def test_rules_say_which_field_and_what_would_be_right(kind: Kind) -> None:
    whole = schema(kind)
    nodes = [("", whole), *fields(whole, "")]
    messages = [rule["message"] for _, node in nodes for rule in node.get(VALIDATIONS, [])]
    assert messages
    assert [m for m in messages if not ("`" in m or m.startswith("each key"))] == []
    assert [m for m in messages if "must" not in m and "immutable" not in m] == []


@each_kind
def test_every_kind_shows_its_age_and_belongs_to_the_category(kind: Kind) -> None:
    spec = crd(kind)["spec"]
    columns = {c["name"] for c in spec["versions"][0]["additionalPrinterColumns"]}
    assert "Age" in columns
    assert spec["names"]["categories"] == ["cupel"]
    assert spec["versions"][0]["subresources"]["status"] == {}


@each_kind
def test_selected_and_scaled_fields_exist(kind: Kind) -> None:
    known = {f".{path}": field for path, field in fields(schema(kind), "")}
    paths = [*kind.selectable, *([kind.scale.spec, kind.scale.status] if kind.scale else [])]
    assert all(known[path]["type"] in ("string", "integer", "boolean") for path in paths)
    assert len(kind.selectable) <= 8


@each_kind
def test_plain_columns_read_fields_that_exist(kind: Kind) -> None:
    known = {f".{path}" for path, _ in fields(schema(kind), "")}
    plain = [c.path for c in kind.columns if "[?" not in c.path and not c.path.startswith(".metadata")]
    assert set(plain) <= known


def test_short_names_and_plurals_are_the_agreed_ones() -> None:
    assert {kind.name: (kind.plural, kind.short) for kind in KINDS} == {
        "GeneratedTool": ("generatedtools", "gtool"),
        "ToolRevision": ("toolrevisions", "trev"),
        "ApprovalLedger": ("approvalledgers", "ledger"),
        "ToolPolicy": ("toolpolicies", "tpol"),
        "CodeEnrollment": ("codeenrollments", "cenr"),
        "AutonomyPolicy": ("autonomypolicies", "apol"),
        "CapabilityGap": ("capabilitygaps", "gap"),
    }


ADMISSION_READS = [
    ("CodeEnrollment", "spec.person", {"minLength": 1, "maxLength": 128}),
    ("CodeEnrollment", "spec.groups", {LIST_TYPE: "atomic", "maxItems": 512}),
    ("GeneratedTool", "spec.requestedBy", {"type": "string", "maxLength": 253}),
    ("GeneratedTool", "spec.onBehalfOf", {"type": "string", "maxLength": 253}),
    ("GeneratedTool", "spec.contributors", {LIST_TYPE: "set", "maxItems": 128}),
    ("ToolRevision", "spec.egress", {LIST_TYPE: "atomic", "maxItems": 16}),
    ("ToolRevision", "spec.digest", {"maxLength": 71}),
    ("ApprovalLedger", "spec.decisions", {"x-kubernetes-map-type": "atomic", "maxProperties": 2000}),
    ("ApprovalLedger", "spec.decisions.*.egress", {LIST_TYPE: "atomic", "maxItems": 16}),
    ("ApprovalLedger", "spec.decisions.*.review.by", {"minLength": 1, "maxLength": 128}),
    ("ApprovalLedger", "spec.launcherImages", {LIST_TYPE: "atomic", "maxItems": 8}),
    ("ApprovalLedger", "status.condemned", {"x-kubernetes-map-type": "atomic", "maxProperties": 2000}),
]


@pytest.mark.parametrize(("name", "path", "said"), ADMISSION_READS)
def test_what_admission_policies_rely_on_stays(name: str, path: str, said: dict[str, Any]) -> None:
    (kind,) = [kind for kind in KINDS if kind.name == name]
    field = schema_of(kind, path)
    assert {key: field.get(key) for key in said} == said
