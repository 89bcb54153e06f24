"""CustomResourceDefinitions, built from the models. `crds/generate.py` writes them to files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .common import GROUP, VERSION
from .kinds import Column, Kind
from .structural import Schema, structural

Manifest = dict[str, Any]


def crd(kind: Kind) -> Manifest:
    """The manifest of one kind. Raises `Unstructural` when a model says what no CRD can hold."""
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {
            "name": f"{kind.plural}.{GROUP}",
            "labels": {"app.kubernetes.io/name": "cupel", "app.kubernetes.io/part-of": "cupel"},
        },
        "spec": {
            "group": GROUP,
            "scope": "Namespaced",
            "names": {
                "kind": kind.name,
                "listKind": f"{kind.name}List",
                "plural": kind.plural,
                "singular": kind.name.lower(),
                "shortNames": [kind.short],
                "categories": ["cupel"],
            },
            "versions": [_version(kind)],
        },
    }


def schema(kind: Kind) -> Schema:
    """The structural schema of one kind: its spec and status; metadata is the API server's."""
    whole = kind.model.model_json_schema()
    root: Schema = {key: value for key, value in whole.items() if key.startswith("x-kubernetes-")}
    fields = {name: _field(whole, name) for name in ("spec", "status")}
    required = [name for name in whole["required"] if name in fields]
    return {
        "type": "object",
        "description": whole["description"],
        **({"required": required} if required else {}),
        **root,
        "properties": fields,
    }


def _field(whole: Mapping[str, Any], name: str) -> Schema:
    """Spec or status. A status starts out observing nothing, so that nothing looks finished too early."""
    made = structural({**whole["properties"][name], "$defs": whole["$defs"]}, name)
    if name == "status":
        made.pop("default", None)
        if "observedGeneration" in made["properties"]:
            made["default"] = {"observedGeneration": 0}
    return made


def _version(kind: Kind) -> Manifest:
    version: Manifest = {
        "name": VERSION,
        "served": True,
        "storage": True,
        "schema": {"openAPIV3Schema": schema(kind)},
        "subresources": _subresources(kind),
        "additionalPrinterColumns": [_column(column) for column in kind.columns],
    }
    if kind.selectable:
        version["selectableFields"] = [{"jsonPath": path} for path in kind.selectable]
    return version


def _subresources(kind: Kind) -> Manifest:
    if kind.scale is None:
        return {"status": {}}
    paths = {"specReplicasPath": kind.scale.spec, "statusReplicasPath": kind.scale.status}
    return {"status": {}, "scale": paths}


def _column(column: Column) -> Manifest:
    shown = {
        "name": column.name,
        "type": column.type,
        "jsonPath": column.path,
        "description": column.description,
    }
    return {**shown, "priority": 1} if column.wide else shown
