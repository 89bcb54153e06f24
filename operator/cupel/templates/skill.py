"""A tool as an Agent Skill: SKILL.md and its references, by the AgentSkills rules (agentskills.io).

The name is lower case with single hyphens and is the folder's; the description says what and when, in at most
1,024 characters; references are one level deep. What a requester wrote is quoted as data.
"""

from __future__ import annotations

import json
import re

from cupel.api.bundle import Bundle
from cupel.api.common import JsonObject
from cupel.api.draft import Draft
from cupel.api.trial import Trial

MAX_DESCRIPTION = 1024
MAX_SHOWN = 3
MAX_EXAMPLE = 4_000


def skill_name(name: str) -> str:
    """The skill's name, which is its folder's: an object's name with single hyphens."""
    return (
        re.sub(r"-{2,}", "-", re.sub(r"[^a-z0-9]+", "-", name.lower())).strip("-")[:64].rstrip("-") or "tool"
    )


def skill_files(source: Bundle | Draft, name: str, version: str | None = None) -> dict[str, str]:
    """Path to text, of every file of the skill. `version`: of the tool's revision, where it has one."""
    tool = source.interface.tool_name or name
    return {
        "SKILL.md": _skill(source, skill_name(name), tool, version),
        "references/schemas.md": _schemas(source, tool),
        "references/examples.md": _examples(source, tool),
    }


def _skill(source: Bundle | Draft, name: str, tool: str, version: str | None) -> str:
    shown = [each for each in source.examples if each.result is not None and len(_call(each)) <= MAX_EXAMPLE]
    return "\n".join(
        [
            "---",
            f"name: {name}",
            f"description: {json.dumps(_description(source.description, tool), ensure_ascii=False)}",
            "compatibility: Needs an MCP connection to the Cupel gateway that serves the tool.",
            *(["metadata:", f'  version: "{version}"'] if version else []),
            "---",
            "",
            f"# {name}",
            "",
            f"Call the MCP tool `{tool}`. It takes:",
            "",
            *_arguments(source.interface.input_schema),
            "",
            "It answers with a JSON object, or with an error that says what is wrong with the arguments.",
            *_effects(source),
            "",
            *(line for each in shown[:MAX_SHOWN] for line in _example(each)),
            "## More",
            "- [Schemas of arguments and result](references/schemas.md)",
            "- [All examples, errors included](references/examples.md)",
            "",
        ]
    )


def _description(said: str, tool: str) -> str:
    """What it does, and when to use it."""
    when = f" Use it when this is asked for; it is the MCP tool {tool}."
    what = _one_line(said)[: MAX_DESCRIPTION - len(when)].rstrip()
    return what + when


def _one_line(text: str) -> str:
    plain = "".join(each if each.isprintable() else " " for each in text)
    return " ".join(plain.replace("<", "(").replace(">", ")").split())


def _arguments(schema: JsonObject) -> list[str]:
    required = schema.get("required", [])
    rows = [
        f"- `{_one_line(name)}`{'' if name in required else ' (optional)'}: {_of(each)}"
        for name, each in schema.get("properties", {}).items()
    ]
    return rows or ["- nothing"]


def _of(schema: object) -> str:
    if not isinstance(schema, dict):
        return "anything"
    kind = schema.get("type", "one of several" if "enum" in schema or "anyOf" in schema else "anything")
    said = _one_line(str(schema.get("description", "")))
    listed = schema.get("enum", [])
    among = f" ({', '.join(json.dumps(each, ensure_ascii=False) for each in listed[:20])})" if listed else ""
    return f"{kind}{among}. {said}".rstrip(" .") + "."


def _effects(source: Bundle | Draft) -> list[str]:
    """What calling it does beyond computing."""
    permissions = source.permissions
    told = [f"It calls {', '.join(permissions.egress)}."] if permissions.egress else []
    told += ["It remembers what you give it, for you alone."] if permissions.state == "PerTenant" else []
    return told or ["It computes only: it calls nothing and remembers nothing."]


def _example(trial: Trial) -> list[str]:
    return [f"## Example: {trial.name}", *_fenced(_call(trial)), ""]


def _call(trial: Trial) -> str:
    outcome: JsonObject = {"error": trial.error} if trial.result is None else {"result": trial.result}
    return _json({"arguments": trial.arguments, **outcome})


def _schemas(source: Bundle | Draft, tool: str) -> str:
    parts = [
        f"# Schemas of {tool}",
        "JSON Schema, draft 2020-12.",
        "## Arguments",
        *_fenced(_json(source.interface.input_schema)),
        "## Result",
        *_fenced(_json(source.interface.output_schema)),
    ]
    return "\n".join(parts) + "\n"


def _examples(source: Bundle | Draft, tool: str) -> str:
    lines = [f"# Examples of {tool}"]
    for each in (*source.examples, *source.tests):
        call = _call(each)
        lines += [
            f"## {each.name}",
            *(_fenced(call) if len(call) <= MAX_EXAMPLE else ["Too long to be shown."]),
        ]
    return "\n".join(lines) + "\n"


def _json(value: object) -> str:
    return json.dumps(value, indent=2, ensure_ascii=True)


def _fenced(text: str) -> list[str]:
    """A block of code that nothing inside can end."""
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return [f"{fence}json", text, fence]
