"""Other names for a tool's arguments: the same in code, schema and trials, never one the code has."""

from __future__ import annotations

import ast
import builtins
import io
import tokenize
from collections.abc import Mapping

from cupel.api.common import JsonObject
from cupel.api.draft import Draft
from cupel.api.trial import Trial

from .problem import TemplateProblem


def renamed(draft: Draft, names: Mapping[str, str]) -> Draft:
    """The draft with arguments renamed. Raises TemplateProblem for a name that is not there or not free."""
    names = {old: new for old, new in names.items() if old != new}
    if not names:
        return draft
    _check(draft, names)
    schema = draft.interface.input_schema
    properties = {names.get(name, name): each for name, each in schema["properties"].items()}
    required = [names.get(name, name) for name in schema["required"]]
    interface = draft.interface.model_copy(
        update={"input_schema": {**schema, "properties": properties, "required": required}}
    )
    return draft.model_copy(
        update={
            "interface": interface,
            "code": _in_code(draft.code, names),
            "examples": tuple(_in_trial(each, names) for each in draft.examples),
            "tests": tuple(_in_trial(each, names) for each in draft.tests),
        }
    )


def _check(draft: Draft, names: Mapping[str, str]) -> None:
    known = draft.interface.input_schema["properties"]
    taken = used_names(draft.code) | set(dir(builtins))
    for old, new in names.items():
        if old not in known:
            raise TemplateProblem(f"arguments.{old}", f"the tool's arguments are {', '.join(known)}")
        if new in taken:
            raise TemplateProblem(
                f"arguments.{old}", f"the code uses {new} for something else; choose another"
            )
    if len(set(names.values())) != len(names):
        raise TemplateProblem("arguments", "two arguments cannot have one name")


def used_names(code: str) -> set[str]:
    """Every name the code has, for variables, arguments, functions, imports."""
    return {token.string for token in _tokens(code) if token.type == tokenize.NAME} | {
        node.id for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Name)
    }


def defined_names(code: str) -> set[str]:
    """What the code defines or imports at its top."""
    found: set[str] = set()
    for node in ast.parse(code).body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            found |= {each.asname or each.name for each in node.names}
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            found.add(node.name)
    return found


def _tokens(code: str) -> list[tokenize.TokenInfo]:
    return list(tokenize.generate_tokens(io.StringIO(code).readline))


def _in_code(code: str, names: Mapping[str, str]) -> str:
    lines = code.splitlines(keepends=True)
    imports = {node.lineno for node in ast.parse(code).body if isinstance(node, ast.Import | ast.ImportFrom)}
    tokens = [each for each in _tokens(code) if each.start[0] not in imports]
    for token, before in reversed(list(zip(tokens[1:], tokens, strict=False))):
        if token.type == tokenize.NAME and token.string in names and before.string != ".":
            row, column = token.start
            line = lines[row - 1]
            lines[row - 1] = line[:column] + names[token.string] + line[token.end[1] :]
    return "".join(lines)


def _in_trial(trial: Trial, names: Mapping[str, str]) -> Trial:
    arguments: JsonObject = {names.get(name, name): each for name, each in trial.arguments.items()}
    return trial.model_copy(update={"arguments": arguments})
