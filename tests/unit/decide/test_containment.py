"""The proof against the validator: what is proved compatible never refuses what was accepted before."""

from hypothesis import example, given, settings
from hypothesis import strategies as st

from cupel.analysis.schemas import compiled
from cupel.decide.containment import Place, bare, unproved

NAMES = st.sampled_from(["a", "b", "title"])
SMALL = st.integers(-2, 3)
KINDS = st.sampled_from(["null", "boolean", "integer", "number", "string", "array", "object"])
PLAIN = st.one_of(st.none(), st.booleans(), SMALL, st.sampled_from([0.5, 1.0, "", "a", "ab", "abc"]))
VALUES = st.recursive(
    PLAIN, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3), max_leaves=6
)


def grown(inner):
    count = st.integers(0, 3)
    return st.booleans() | st.fixed_dictionaries(
        {},
        optional={
            "type": KINDS | st.lists(KINDS, min_size=1, max_size=3, unique=True),
            "enum": st.lists(PLAIN, min_size=1, max_size=3, unique_by=repr),
            "const": PLAIN,
            "minimum": SMALL,
            "exclusiveMaximum": SMALL,
            "maximum": SMALL,
            "minLength": count,
            "maxLength": count,
            "pattern": st.sampled_from(["^a", "b"]),
            "items": inner,
            "prefixItems": st.lists(inner, min_size=1, max_size=2),
            "minItems": count,
            "uniqueItems": st.booleans(),
            "contains": inner,
            "minContains": count,
            "properties": st.dictionaries(NAMES, inner, max_size=2),
            "patternProperties": st.dictionaries(st.sampled_from(["^a", "b"]), inner, max_size=1),
            "additionalProperties": inner,
            "required": st.lists(NAMES, max_size=2, unique=True),
            "maxProperties": count,
            "propertyNames": inner,
            "anyOf": st.lists(inner, min_size=1, max_size=2),
            "not": inner,
            "if": inner,
            "then": inner,
            "else": inner,
            "unevaluatedProperties": st.booleans(),
            "default": PLAIN,
        },
    )


SCHEMAS = st.recursive(
    st.booleans() | st.fixed_dictionaries({}, optional={"type": KINDS}), grown, max_leaves=4
)


def accepts(schema, value):
    return compiled({"type": "object", "properties": {"x": schema}}).is_valid({"x": value})


@st.composite
def pairs(draw):
    """Two schemas, the second often the first with a keyword changed: or few pairs would be comparable."""
    before = draw(SCHEMAS)
    if not isinstance(before, dict) or draw(st.integers(0, 3)) == 0:
        return before, draw(SCHEMAS)
    other = draw(SCHEMAS)
    after = {key: value for key, value in before.items() if draw(st.booleans())}
    return before, after | (other if isinstance(other, dict) else {})


@settings(max_examples=150, deadline=None)
@given(pairs(), st.lists(VALUES, min_size=4, max_size=10))
@example(({"contains": True, "minContains": 0}, {"contains": True}), [[]])
@example(({"enum": [1]}, {"enum": [True]}), [1])
@example(({"const": 1.0, "enum": [1, 2]}, {"const": 1}), [1, 2])
def test_arguments_that_were_taken_are_taken(pair, values):
    before, after = pair
    if not [*unproved(bare(before), bare(after), Place("x", "input"))]:
        assert [each for each in values if accepts(before, each) and not accepts(after, each)] == []


@settings(max_examples=80, deadline=None)
@given(pairs(), st.lists(VALUES, min_size=4, max_size=10))
def test_results_hold_to_what_was_promised_but_for_fields_that_are_new(pair, values):
    before, after = pair
    if "additionalProperties" in repr(before) or [*unproved(bare(before), bare(after), Place("x", "output"))]:
        return
    assert [each for each in values if accepts(after, each) and not accepts(before, each)] == []
