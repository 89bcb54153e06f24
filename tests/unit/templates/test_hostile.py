"""Parameters of strangers: nothing they hold becomes code, and what is wrong is refused by its field."""

from __future__ import annotations

import ast
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support.trying import faults
from tests.unit.templates.drafts import accepted

from cupel.templates.catalogue import TEMPLATES, TemplateProblem, make
from cupel.templates.literals import MARK, literal
from cupel.templates.patterns import Unsafe, atoms_of

NASTY = [
    '"); __import__("os").system("id"); ("',
    "'''\nimport os\n'''",
    '"""\nimport os\n"""',
    "\\",
    '\\"',
    "a\nimport os",
    "a\r\nimport os",
    "# parameters",
    "# signature",
    "{__import__('os')}",
    "{0.__class__}",
    "%(x)s",
    "$x",
    "a\x00b",
    "a\u2028import os",
    "\u202eabc",
    "\ufeffx",
    "ﬁle",
    "раypal",
    "e\u0301",
    "\U000e0041",
    "🙂",
    "]*)}",
    "x" * 200,
]
PLACES: dict[str, tuple[str, Any]] = {
    "a tracked thing": ("tracker", lambda text: {"what": text}),
    "a unit of a tracker": ("tracker", lambda text: {"unit": text[:20]}),
    "a description": ("statistics", lambda text: {"description": text}),
    "a mark": ("text-extract", lambda text: {"wanted": [{"name": "a", "after": text, "before": "|"}]}),
    "a mark behind": ("text-extract", lambda text: {"wanted": [{"name": "a", "after": "|", "before": text}]}),
    "a pattern": ("text-extract", lambda text: {"wanted": [{"name": "a", "pattern": text}]}),
    "a column": ("csv-shape", lambda text: {"columns": [{"column": text, "name": "a"}]}),
    "a value of CSV": ("csv-shape", lambda text: {"where": [{"field": "a", "is": "equals", "value": text}]}),
    "a value of JSON": (
        "json-shape",
        lambda text: {"where": [{"field": "a", "is": "contains", "value": text}]},
    ),
    "a path": ("json-shape", lambda text: {"fields": [{"path": text, "name": "a"}]}),
    "a fixed parameter": ("http-json", lambda text: {"query": [{"name": "q", "value": text}]}),
    "a server": ("http-json", lambda text: {"server": "https://" + text}),
    "a path of a server": ("http-json", lambda text: {"path": "/" + text}),
    "a name of an argument": ("http-json", lambda text: {"inputs": [{"name": text}]}),
    "a sample": ("http-json", lambda text: {"inputs": [{"name": "q", "sample": text}]}),
    "another name": ("text-measure", lambda text: {"arguments": {"text": text}}),
    "an element": ("xml-pick", lambda text: {"rows": text}),
    "a tag": ("html-pick", lambda text: {"picks": [{"name": "a", "tag": text}]}),
    "a class": ("html-pick", lambda text: {"picks": [{"name": "a", "tag": "p", "class": text}]}),
    "a unit of one's own": ("unit-convert", lambda text: {"ownUnits": [{"unit": text, "is": 2, "of": "m"}]}),
    "a field": ("validate", lambda text: {"kinds": ["json"], "fields": [{"name": text}]}),
    "a currency": ("money-arithmetic", lambda text: {"currency": text}),
}


def structure(code: str) -> list[str]:
    """What kinds of nodes there are, in order: data changes none of them."""
    return [type(node).__name__ for node in ast.walk(ast.parse(code))]


@pytest.mark.parametrize("text", NASTY, ids=ascii)
@pytest.mark.parametrize("place", PLACES)
def test_a_hostile_text_is_data_or_refused(place: str, text: str) -> None:
    name, parameters = PLACES[place]
    try:
        draft = make(name, parameters(text))
    except TemplateProblem as problem:
        assert problem.field and problem.message
        assert "\n" not in problem.field
        return
    assert accepted(draft) == ""
    assert faults(draft) == {}
    assert "import os" not in [
        ast.unparse(node) for node in ast.walk(ast.parse(draft.code)) if isinstance(node, ast.Import)
    ]


@pytest.mark.parametrize("text", [each for each in NASTY if len(each) <= 60], ids=ascii)
def test_a_text_in_code_changes_nothing_of_its_structure(text: str) -> None:
    plain = structure(make("tracker", {"what": "water", "unit": "ml"}).code)
    try:
        draft = make("tracker", {"what": text, "unit": text[:20]})
    except TemplateProblem:
        return
    assert structure(draft.code) == plain


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
)


@settings(max_examples=200, deadline=None, derandomize=True, database=None)
@given(VALUES)
def test_a_literal_is_its_value_and_no_mark(value: Any) -> None:
    source = literal(value)

    assert ast.literal_eval(source) == value
    assert all(line.strip() != MARK for line in source.splitlines())
    assert source.isprintable() or "\n" in source


@pytest.mark.parametrize(
    ("name", "parameters", "field", "says"),
    [
        pytest.param("unit-convert", {"quantities": ["luck"]}, "quantities[0]", "Input should be", id="no such quantity"),
        pytest.param("unit-convert", {"nothing": 1}, "nothing", "no such parameter", id="no such parameter"),
        pytest.param("unit-convert", {"ownUnits": [{"unit": "km", "is": 2, "of": "m"}]}, "ownUnits[0].unit", "already", id="a unit twice"),
        pytest.param("unit-convert", {"ownUnits": [{"unit": "x", "is": 2, "of": "C"}]}, "ownUnits[0].of", "one of", id="of a temperature"),
        pytest.param("unit-convert", {"ownUnits": [{"unit": "x", "is": float("nan"), "of": "m"}]}, "ownUnits[0].is", "number", id="no number"),
        pytest.param("json-shape", {"fields": [{"path": "a"}, {"path": "a.b"}]}, "fields", "lies inside", id="a path in another"),
        pytest.param("json-shape", {"fields": [{"path": "a"}], "sortBy": "b"}, "sortBy", "one of the fields", id="sorted by nothing"),
        pytest.param("json-shape", {"where": [{"field": "a", "is": "at-least", "value": "x"}]}, "where[0].value", "a number", id="no bound"),
        pytest.param(
            "json-shape", {"where": [{"field": "a", "is": "at-least", "value": 5}, {"field": "a", "is": "at-most", "value": 1}]},
            "where", "nothing can satisfy", id="a contradiction",
        ),
        pytest.param("csv-shape", {"columns": [{"column": "Full name"}]}, "columns[0].name", "must be given", id="no plain word"),
        pytest.param("text-extract", {"wanted": [{"name": "a"}]}, "wanted[0].kind", "exactly one", id="nothing wanted"),
        pytest.param("text-extract", {"wanted": [{"name": "a", "pattern": "(a+)+$"}]}, "wanted[0].pattern", "cannot be used", id="a trap"),
        pytest.param("http-json", {"path": "/a/{b}"}, "path", "once for each argument", id="a hole in the path"),
        pytest.param("http-json", {"path": "/../x"}, "path", "no steps", id="a way out"),
        pytest.param("http-json", {"server": "https://user:pw@x"}, "server", "pattern", id="a user in the server"),
        pytest.param("http-json", {"inputs": [{"name": "json"}]}, "inputs[0].name", "choose another", id="a name of the code"),
        pytest.param("http-json", {"inputs": [{"name": "class"}]}, "inputs[0].name", "Python", id="a keyword"),
        pytest.param("text-measure", {"arguments": {"text": "len"}}, "arguments.text", "something else", id="a built-in name"),
        pytest.param("text-measure", {"arguments": {"nope": "x"}}, "arguments.nope", "arguments are text", id="no such argument"),
        pytest.param("validate", {"fields": [{"name": "a"}]}, "fields", "add json", id="fields without json"),
        pytest.param("date-arithmetic", {"holidays": ["2026-02-30"]}, "holidays[0]", "date", id="no such day"),
        pytest.param("html-pick", {"picks": [{"name": "a", "tag": "img"}]}, "picks[0].attribute", "no text inside", id="text of an image"),
        pytest.param("html-pick", {"picks": [], "tables": False}, "picks", "must name something", id="nothing picked"),
    ],
)  # fmt: skip
def test_wrong_parameters_are_refused_with_the_field(
    name: str, parameters: dict[str, Any], field: str, says: str
) -> None:
    with pytest.raises(TemplateProblem) as caught:
        make(name, parameters)
    assert caught.value.field == field
    assert says in caught.value.message


@pytest.mark.parametrize("name", TEMPLATES)
@pytest.mark.parametrize(
    "parameters",
    [{"description": 5}, {"description": "\x00"}, {"description": ""}, {"description": "x" * 501}],
)
def test_what_no_template_takes(name: str, parameters: dict[str, Any]) -> None:
    with pytest.raises(TemplateProblem) as caught:
        make(name, parameters)
    assert caught.value.field == "description"


@pytest.mark.parametrize(
    "pattern",
    ["(a+)+", "(a|aa)+$", "a*a*a*b", ".*.*x", "a+ab", "[a-z]+[a-m]+x", r"\w*\d", "(a)(b)", "a|b", "(?=a)b", r"(a)\1", "a**", "a{3,1}", "",
     "a?", "[", "[]", "((a))", "(a", "a)", "a{0}", "x" * 41, "[z-a]",
     "a+A+z", "[a-c]+[B-D]+z", "[б-яa]+[б-яb]+!", "я+Я+!"],
)  # fmt: skip
def test_patterns_that_are_not_of_the_safe_kind(pattern: str) -> None:
    with pytest.raises(Unsafe):
        atoms_of(pattern)


@pytest.mark.parametrize(
    "pattern",
    [
        r"INV-(\d{4,8})",
        r"[A-Z]{2}\d+",
        r"\b\d+ (EUR)",
        r"^#(\w+)",
        r"a{2,5}b",
        r"x=([^;]*);",
        r"[0-9]+\.[0-9]{2}",
    ],
)
def test_patterns_that_are(pattern: str) -> None:
    assert atoms_of(pattern)
