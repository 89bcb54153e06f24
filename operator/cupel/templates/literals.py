"""Values as Python source: by construction data, whatever they hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

WIDTH = 88
INDENT = "    "
Value = None | bool | int | float | str | Sequence["Value"] | Mapping[str, "Value"]
MARK = "# parameters"


def filled(code: str, constants: Mapping[str, Value], lines: Mapping[str, Sequence[str]]) -> str:
    """A template's code with its parameters as constants, and lines of the template's own at their marks.

    Constants go where the code says `# parameters`; a mark is a comment line, its lines take its indent.
    """
    said = [f"{name} = {literal(value, len(name) + 3)}" for name, value in constants.items()]
    done = []
    for line in code.strip("\n").split("\n"):
        indent, mark = line[: len(line) - len(line.lstrip())], line.strip()
        given = {MARK: said, **lines}.get(mark)
        done += [line] if given is None else [indent + each if each else each for each in given]
    return "\n".join(done) + "\n"


def literal(value: Value, column: int = 0, indent: str = "") -> str:
    """Source that evaluates to the value; over several lines where one would be too long."""
    short = _short(value)
    if (
        len(short) + column + len(indent) <= WIDTH
        or not isinstance(value, Mapping | list | tuple)
        or not value
    ):
        return short
    inner = indent + INDENT
    if isinstance(value, Mapping):
        rows = [f"{_short(key)}: {literal(each, len(_short(key)) + 2, inner)}" for key, each in value.items()]
        left, right = "{", "}"
    else:
        rows = [literal(each, 0, inner) for each in value]
        left, right = ("[", "]") if isinstance(value, list) else ("(", ")")
    return left + "\n" + "".join(f"{inner}{row},\n" for row in rows) + indent + right


def _short(value: Value) -> str:
    match value:
        case None | bool() | int():
            return repr(value)
        case float():
            return _number(value)
        case str():
            return _text(value)
        case list():
            return "[" + ", ".join(map(_short, value)) + "]"
        case tuple():
            inside = ", ".join(map(_short, value))
            return f"({inside},)" if len(value) == 1 else f"({inside})"
        case Mapping():
            return "{" + ", ".join(f"{_short(key)}: {_short(each)}" for key, each in value.items()) + "}"
    raise TypeError(f"no literal of {type(value).__name__}")


def _number(value: float) -> str:
    if not Decimal(repr(value)).is_finite():
        raise ValueError("no literal of a number that is not finite")
    return repr(value)


def _text(value: str) -> str:
    """In double quotes; what is neither ASCII nor a Latin letter of European languages is escaped."""
    return '"' + "".join(map(_character, value)) + '"'


def _character(character: str) -> str:
    if character in '"\\':
        return "\\" + character
    if " " <= character <= "~" or "\u00c0" <= character <= "\u017f":
        return character
    return ascii(character)[1:-1]
