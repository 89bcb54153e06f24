"""The resources of a kustomization, read without kubectl: what our folders use of kustomize is lists of files and folders."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
MANIFESTS = ROOT / "manifests"


def rendered(folder: str | Path) -> list[dict[str, Any]]:
    """Every object of a folder below manifests/, in the order of its lists; generators and patches are left out."""
    place = MANIFESTS / folder
    bodies: list[dict[str, Any]] = []
    for resource in yaml.safe_load((place / "kustomization.yaml").read_text(encoding="utf-8"))["resources"]:
        path = (place / resource).resolve()
        if path.is_dir():
            bodies += rendered(path)
        else:
            bodies += [body for body in yaml.safe_load_all(path.read_text(encoding="utf-8")) if body]
    return bodies
