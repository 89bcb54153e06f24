"""Tools as tests apply them: a word counter unless told otherwise."""

from __future__ import annotations

from typing import Any

import yaml
from tests.support.kustomize import MANIFESTS

WORDS = 'def run(text: str) -> dict:\n    return {"words": len(text.split())}\n'
LINES = (
    'def run(text: str) -> dict:\n    return {"words": len(text.split()), "lines": len(text.splitlines())}\n'
)
ENDLESS = "def run(text: str) -> dict:\n    n = 1\n    while n > 0:\n        n += len(text)\n    return {'words': n}\n"
HOG = (
    "def run(text: str) -> dict:\n    held = []\n    while len(held) < 100000 * len(text):\n"
    "        held.append(bytearray(1048576))\n    return {'words': len(held)}\n"
)
REGEX = (
    "import re\n\n\ndef run(text: str) -> dict:\n"
    "    found = re.match(r'(a|aa)+$', 'a' * 60 + text)\n    return {'words': 2 if found else 0}\n"
)
FORKS = "import os\n\n\ndef run(text: str) -> dict:\n    while True:\n        os.fork()\n    return {'words': 2}\n"


def tool(name: str, code: str = WORDS, **spec: Any) -> dict[str, Any]:
    """A GeneratedTool that counts words; `spec` replaces fields of its spec."""
    text = {"type": "object", "properties": {"text": {"type": "string"}}, "required": ["text"]}
    words = {"words": {"type": "integer"}, "lines": {"type": "integer"}}
    usual = {
        "description": "Count the words of a text.",
        "interface": {
            "inputSchema": text | {"additionalProperties": False},
            "outputSchema": {"type": "object", "properties": words, "required": ["words"]},
        },
        "examples": [{"name": "two-words", "arguments": {"text": "a b"}, "result": {"words": 2}}],
        "source": {"type": "Inline", "inline": {"code": code}},
    }
    if "lines" in code:
        usual["examples"][0]["result"]["lines"] = 1  # type: ignore[index]
    return {
        "apiVersion": "cupel.dev/v1alpha1",
        "kind": "GeneratedTool",
        "metadata": {"name": name},
        "spec": usual | spec,
    }


def example(name: str, **spec: Any) -> dict[str, Any]:
    """A tool of manifests/examples; `spec` replaces fields of its spec."""
    body = yaml.safe_load((MANIFESTS / "examples" / f"{name}.yaml").read_text(encoding="utf-8"))
    return {**body, "metadata": {"name": name}, "spec": body["spec"] | spec}


def policy(name: str, **spec: Any) -> dict[str, Any]:
    metadata = {"name": name}
    return {"apiVersion": "cupel.dev/v1alpha1", "kind": "ToolPolicy", "metadata": metadata, "spec": spec}
