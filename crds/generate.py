"""Writes what is generated from the models: the CRDs here and docs/api.md. `--check` only compares."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "operator"))

from cupel.api.crd import crd  # noqa: E402  - runs from a clone, without an installation
from cupel.api.kinds import KINDS  # noqa: E402
from cupel.api.reference import reference  # noqa: E402

NOTE = "# Generated from the models in operator/cupel/api by crds/generate.py; do not edit.\n"


class Block(yaml.SafeDumper):
    """Plain YAML: no aliases, long texts on one line."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def as_yaml(document: dict[str, Any]) -> str:
    text: str = yaml.dump(document, Dumper=Block, sort_keys=False, width=10_000, allow_unicode=True)
    return NOTE + text


def files() -> dict[Path, str]:
    """What every generated file must hold."""
    manifests = {f"{kind.plural}.yaml": as_yaml(crd(kind)) for kind in KINDS}
    kustomization = {
        "apiVersion": "kustomize.config.k8s.io/v1beta1",
        "kind": "Kustomization",
        "resources": sorted(manifests),
    }
    made = {ROOT / "crds" / name: text for name, text in manifests.items()}
    made[ROOT / "crds" / "kustomization.yaml"] = as_yaml(kustomization)
    made[ROOT / "docs" / "api.md"] = reference(KINDS)
    return made


def stale() -> list[Path]:
    """Files that do not hold what they must."""
    return [path for path, text in files().items() if not path.exists() or path.read_text("utf-8") != text]


def main(arguments: list[str]) -> int:
    """Exit code 0: written, or current; 1: `--check` found something stale."""
    found = stale()
    if "--check" in arguments:
        for path in found:
            sys.stderr.write(f"stale: {path.relative_to(ROOT)}; run python crds/generate.py\n")
        return 1 if found else 0
    for path in found:
        path.write_text(files()[path], "utf-8")
        sys.stderr.write(f"wrote {path.relative_to(ROOT)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
