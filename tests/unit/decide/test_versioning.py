"""Which version new content gets: the table of docs/lifecycle.md, and that no version is given twice."""

import pytest

from cupel.analysis.schemas import violation
from cupel.api.bundle import Bundle, bundle_of
from cupel.api.generated_tool_status import GeneratedToolStatus
from cupel.api.version import MOST_VERSIONS, Numbers
from cupel.decide.generated_tool import decide
from cupel.decide.plan import Apply
from cupel.decide.versioning import bounded, change, given, version_of

from .builders import CODE, NOON, grown, policy, revision, tool, world

TEXT = {"type": "string"}
WORDS = {"type": "object", "properties": {"words": {"type": "integer"}}, "required": ["words"]}
POWER = "def run(text: str) -> dict:\n    return {'words': len(text) ** 2}\n"
OPEN = "def run(text: str, **others) -> dict:\n    return {'words': len(text.split())}\n"


def taking(properties=None, required=("text",), **more):
    """A closed input schema."""
    schema = {"type": "object", "properties": properties or {"text": TEXT}, "required": list(required)}
    return schema | {"additionalProperties": False} | more


def giving(properties, required=("words",), **more):
    return {"type": "object", "properties": properties, "required": list(required)} | more


def bundle(takes=None, gives=None, **spec) -> Bundle:
    interface = {"inputSchema": takes or taking(), "outputSchema": gives or WORDS}
    return bundle_of(tool(interface=interface | spec.pop("interface", {}), **spec))


def one(before, after, **more):
    """The property `text` before and after."""
    return {"before": {"takes": taking({"text": before})}, "after": {"takes": taking({"text": after})}} | more


def result(before, after):
    """The property `words` before and after."""
    return {"before": {"gives": giving({"words": before})}, "after": {"gives": giving({"words": after})}}


LIMIT = {"limit": {"type": "integer"}}
ITEM = {"type": "object", "properties": {"a": TEXT}, "required": ["a"]}
WITH_B = {"type": "object", "properties": {"a": TEXT, "b": TEXT}, "required": ["a"]}
# fmt: off
CASES = [
    # sentence                                             level    changes
    ("nothing is other",                                   "Patch", {}),
    ("other code",                                         "Patch", {"after": {"code": "def run(text): return {'words': 1}\n"}}),
    ("other tests",                                        "Patch", {"after": {"tests": [{"name": "t", "arguments": {"text": ""}, "result": {"words": 0}}]}}),
    ("a description that says more",                       "Minor", {"after": {"description": "Count words, quickly."}}),
    ("another MCP name",                                   "Major", {"after": {"interface": {"toolName": "words"}}}),
    ("an input that is optional",                          "Minor", {"after": {"takes": taking({"text": TEXT, **LIMIT})}}),
    ("an input that is required",                          "Major", {"after": {"takes": taking({"text": TEXT, **LIMIT}, ("text", "limit"))}}),
    ("an input that is optional now",                      "Minor", {"after": {"takes": taking(required=())}}),
    ("an input that is required now",                      "Major", {"before": {"takes": taking(required=())}}),
    ("an input that is gone",                              "Major", {"before": {"takes": taking({"text": TEXT, **LIMIT})}}),
    ("an input renamed",                                   "Major", {"after": {"takes": taking({"words": TEXT}, ("words",))}}),
    ("an input of another type",                           "Major", one(TEXT, {"type": "integer"})),
    ("an input of one more type",                          "Minor", one(TEXT, {"type": ["string", "null"]})),
    ("an input of one type less",                          "Major", one({"type": ["string", "null"]}, TEXT)),
    ("numbers where whole ones were",                      "Minor", one({"type": "integer"}, {"type": "number"})),
    ("whole numbers where any were",                       "Major", one({"type": "number"}, {"type": "integer"})),
    ("a longer text",                                      "Minor", one({**TEXT, "maxLength": 5}, {**TEXT, "maxLength": 6})),
    ("a shorter text",                                     "Major", one({**TEXT, "maxLength": 6}, {**TEXT, "maxLength": 5})),
    ("a limit that is gone",                               "Minor", one({**TEXT, "maxLength": 6}, TEXT)),
    ("a limit that is new",                                "Major", one(TEXT, {**TEXT, "maxLength": 6})),
    ("a shortest length that falls to none",               "Minor", one({**TEXT, "minLength": 1}, {**TEXT, "minLength": 0})),
    ("a pattern that is another",                          "Major", one({**TEXT, "pattern": "^a"}, {**TEXT, "pattern": "^a|b"})),
    ("a format that is new",                               "Major", one(TEXT, {**TEXT, "format": "date"})),
    ("one more value",                                     "Minor", one({"enum": ["a"]}, {"enum": ["b", "a"]})),
    ("one value less",                                     "Major", one({"enum": ["a", "b"]}, {"enum": ["a"]})),
    ("values in another order",                            "Minor", one({"enum": ["a", "b"]}, {"enum": ["b", "a"]})),
    ("true is no 1",                                       "Major", one({"enum": [1]}, {"enum": [True]})),
    ("a constant that values beside it exclude",           "Major", one({"const": 1}, {"const": 1, "enum": [2]})),
    ("a bound beyond exact floats",                        "Major", one({"type": "integer", "maximum": 2**53 + 1}, {"type": "integer", "maximum": 2**53})),
    ("a constant among values",                            "Minor", one({"const": "a"}, {"enum": ["b", "a"]})),
    ("a lower bound that opens",                           "Minor", one({"type": "integer", "exclusiveMinimum": 3}, {"type": "integer", "minimum": 3})),
    ("a lower bound that closes",                          "Major", one({"type": "integer", "minimum": 3}, {"type": "integer", "exclusiveMinimum": 3})),
    ("an upper bound that rises",                          "Minor", one({"type": "integer", "maximum": 3}, {"type": "integer", "maximum": 4})),
    ("an upper bound that falls below nothing",            "Major", one({"type": "integer", "maximum": -3}, {"type": "integer", "maximum": -4})),
    ("a title that is new",                                "Minor", one(TEXT, {**TEXT, "title": "Text"})),
    ("a property that is called title is one",             "Major", one(giving({"title": TEXT}, ()), giving({"title": {"type": "integer"}}, ()))),
    ("items that may be more",                             "Minor", one({"type": "array", "items": {"type": "integer"}}, {"type": "array", "items": {"type": "number"}})),
    ("items that may be less",                             "Major", one({"type": "array", "items": {"type": "number"}}, {"type": "array", "items": {"type": "integer"}})),
    ("items at fixed places",                              "Major", one({"type": "array", "prefixItems": [TEXT]}, {"type": "array", "prefixItems": [TEXT], "items": False})),
    ("unique items",                                       "Major", one({"type": "array"}, {"type": "array", "uniqueItems": True})),
    ("one item that must be there, where none had to",     "Major", one({"type": "array", "contains": TEXT, "minContains": 0}, {"type": "array", "contains": TEXT})),
    ("a field in an open object of an input",              "Major", one({"type": "object"}, ITEM | {"required": []})),
    ("a field in a closed object of an input",             "Minor", one({**ITEM, "additionalProperties": False}, {**WITH_B, "additionalProperties": False})),
    ("a choice that is another",                           "Major", one({"anyOf": [TEXT]}, {"anyOf": [TEXT, {"type": "null"}]})),
    ("a choice that is the same beside what grows",        "Minor", one({"anyOf": [TEXT], "maxLength": 3}, {"anyOf": [TEXT], "maxLength": 4})),
    ("a choice that is gone",                              "Minor", one({"not": {"const": "a"}, "type": "string"}, TEXT)),
    ("fields by pattern",                                  "Major", one({"type": "object", "patternProperties": {"^a": TEXT}}, {"type": "object", "patternProperties": {"^b": TEXT}})),
    ("unevaluated fields beside what grows",               "Major", one({**ITEM, "unevaluatedProperties": False}, {**WITH_B, "unevaluatedProperties": False})),
    ("a definition said elsewhere",                        "Minor", {"after": {"takes": taking({"text": {"$ref": "#/$defs/t"}}, **{"$defs": {"t": TEXT}})}}),
    ("a definition that shrank",                           "Major", {"before": {"takes": taking({"text": {"$ref": "#/$defs/t"}}, **{"$defs": {"t": TEXT}})}, "after": {"takes": taking({"text": {"$ref": "#/$defs/t"}}, **{"$defs": {"t": {**TEXT, "maxLength": 1}}})}}),
    ("an open input gets an optional one",                 "Minor", {"before": {"takes": taking(additionalProperties=True)}, "after": {"takes": taking({"text": TEXT, **LIMIT}, additionalProperties=True)}}),
    ("... of a tool that computes a power",                "Minor", {"before": {"takes": taking(additionalProperties=True), "code": POWER}, "after": {"takes": taking({"text": TEXT, **LIMIT}, additionalProperties=True)}}),
    ("... of a tool that took anything by name",           "Major", {"before": {"takes": taking(additionalProperties=True), "code": OPEN}, "after": {"takes": taking({"text": TEXT, **LIMIT}, additionalProperties=True)}}),
    ("an open input that closes",                          "Major", {"before": {"takes": taking(additionalProperties=True)}}),
    ("an output more",                                     "Minor", {"after": {"gives": giving({"words": {"type": "integer"}, "lines": {"type": "integer"}})}}),
    ("an output more, of a schema that was closed",        "Minor", {"before": {"gives": {**WORDS, "additionalProperties": False}}, "after": {"gives": giving({"words": {"type": "integer"}, "lines": {"type": "integer"}}, additionalProperties=False)}}),
    ("an output less",                                     "Major", {"before": {"gives": giving({"words": {"type": "integer"}, "lines": {"type": "integer"}})}}),
    ("an output that need not be there any more",          "Major", {"after": {"gives": giving({"words": {"type": "integer"}}, ())}}),
    ("an output that is always there now",                 "Minor", {"before": {"gives": giving({"words": {"type": "integer"}}, ())}}),
    ("an output of a further type",                        "Major", result({"type": "integer"}, {"type": ["integer", "null"]})),
    ("an output of fewer types",                           "Minor", result({"type": ["integer", "null"]}, {"type": "integer"})),
    ("an output of a further value",                       "Major", result({"enum": ["a"]}, {"enum": ["a", "b"]})),
    ("an output that may be greater",                      "Major", result({"type": "integer", "maximum": 3}, {"type": "integer", "maximum": 4})),
    ("an output that lost its bound",                      "Major", result({"type": "integer", "maximum": 3}, {"type": "integer"})),
    ("an output within an output less",                    "Major", result(WITH_B, ITEM)),
    ("an output within an output more",                    "Minor", result(ITEM, WITH_B)),
    ("a closed output that opens",                         "Major", {"before": {"gives": {**WORDS, "additionalProperties": False}}}),
    ("an open output that closes",                         "Minor", {"after": {"gives": {**WORDS, "additionalProperties": False}}}),
    ("it remembers now",                                   "Minor", {"after": {"permissions": {"state": "PerTenant"}}}),
    ("it calls out no more",                               "Minor", {"before": {"permissions": {"egress": ["a.example:443"]}}}),
    ("it calls one more host",                             "Minor", {"before": {"permissions": {"egress": ["a.example:443"]}}, "after": {"permissions": {"egress": ["a.example:443", "b.example:443"]}}}),
    ("it calls one host less",                             "Patch", {"before": {"permissions": {"egress": ["a.example:443", "b.example:443"]}}, "after": {"permissions": {"egress": ["a.example:443"]}}}),
]
# fmt: on


@pytest.mark.parametrize(("level", "changes"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
def test_what_changed_is(level, changes):
    found = change(bundle(**changes.get("before", {})), bundle(**changes.get("after", {})))

    assert (found.level, bool(found.because)) == (level, level != "Patch"), str(found)


PROBES = [
    *("", "a", "ab", "abcdefg", 0, 1, 3, 4, 2.5, -3, -4, True, None, [], ["a"], ["a", "a"], [1], [2.5], {}),
    *({"a": "x"}, {"a": 1}, {"a": "x", "b": "y"}, {"b": 1}, {"c": 1}, {"title": "x"}),
]


@pytest.mark.parametrize("changes", [c[2] for c in CASES if c[1] != "Major"], ids=lambda _: "")
def test_whoever_called_rightly_before_does_so_after(changes):
    """The proof held against the validator itself."""
    before, after = (bundle(**changes.get(when, {})).interface for when in ("before", "after"))
    calls = [{"text": each} for each in PROBES] + [{}, {"text": "a", "limit": 3}]
    taken = [each for each in calls if not violation(before.input_schema, each)]
    assert not [each for each in taken if violation(after.input_schema, each) and "limit" not in each]


def test_the_reasons_name_the_fields():
    found = change(bundle(), bundle(taking({"words": TEXT}, ("words",))))

    assert str(found) == "major: `input.text` was removed; `input.words` is required now"


MORE = {"words": {"type": "integer"}, "lines": {"type": "integer"}}
SAID = [
    ("a new argument", {"takes": taking({"text": TEXT, **LIMIT})}, "new, and optional: `input.limit`"),
    ("... and another as well", {"takes": taking({"text": {**TEXT, "title": "Text"}, **LIMIT})},
     "new, and optional: `input.limit`; `input` says more, or says it otherwise"),
    ("many", {"takes": taking({"text": TEXT} | {name: TEXT for name in "abcde"})},
     "new, and optional: `input.a`, `input.b`, `input.c` and 2 more"),
    ("a new result field", {"gives": giving(MORE)}, "new: `output.lines`"),
    ("... that is always there", {"gives": giving(MORE, ("words", "lines"))}, "new: `output.lines`"),
    ("words alone", {"takes": taking({"text": {**TEXT, "title": "Text"}})}, "`input` says more, or says it otherwise"),
]  # fmt: skip


@pytest.mark.parametrize(("after", "says"), [c[1:] for c in SAID], ids=[c[0] for c in SAID])
def test_what_is_new_is_named(after, says):
    assert str(change(bundle(), bundle(**after))) == f"minor: {says}"


OTHER = tool(code=CODE + "\n")
THIRD = tool(description="Counts.")


def digest(of):
    return bundle_of(of).digest()


def test_revisions_older_than_versions_are_numbered_by_age():
    revs = (revision(THIRD, "2030-01-01T11:00:02Z"), revision(OTHER, "2030-01-01T11:00:01Z"), revision())

    assert given({}, revs) == {"1.0.0": digest(tool()), "1.0.1": digest(OTHER), "1.1.0": digest(THIRD)}


def bearing(of, version, created="2030-01-01T11:00:00Z"):
    rev = revision(of, created)
    return rev.model_copy(update={"spec": rev.spec.model_copy(update={"version": version})})


def test_a_lost_status_is_told_by_the_revisions():
    revs = (bearing(tool(), "1.0.0"), bearing(OTHER, "3.1.4"))

    assert given({}, revs) == {"1.0.0": digest(tool()), "3.1.4": digest(OTHER)}


def test_a_version_two_revisions_bear_is_the_older_ones():
    revs = (bearing(tool(), "1.0.0"), bearing(OTHER, "1.0.0", "2030-01-01T12:00:00Z"))

    assert given({}, revs) == {"1.0.0": digest(tool()), "1.0.1": digest(OTHER)}


def test_what_the_status_says_stands_against_what_a_revision_bears():
    known = {"1.0.0": digest(OTHER)}

    assert given(known, (bearing(tool(), "1.0.0"),)) == known | {"2.0.0": digest(tool())}


def step(of, status, *revs):
    """One pass: the status after it, and the version of the revision it makes, if any."""
    plan = decide(of.model_copy(update={"status": status}), world(*revs), NOON)
    wanted = [each.manifest for each in plan.actions if isinstance(each, Apply)]
    made = [each["spec"].get("version") for each in wanted if each["kind"] == "ToolRevision"]
    return plan.status, made[0] if made else None


def test_a_version_is_stored_before_a_revision_bears_it():
    status, made = step(tool(), GeneratedToolStatus())
    assert (status.versions, made) == ({"1.0.0": digest(tool())}, None)

    again, made = step(tool(), status)
    assert (again.versions, made) == (status.versions, "1.0.0")


def test_content_that_returns_keeps_its_version_and_the_next_gets_a_new_one():
    known = {"1.0.0": digest(tool()), "1.0.1": digest(OTHER)}
    status = GeneratedToolStatus(versions=known)

    returned, made = step(tool(), status, grown(OTHER))
    assert (returned.versions, made) == (known, "1.0.0"), "though its revision went by retention"

    after, _ = step(THIRD, returned, grown(tool()), grown(OTHER))
    assert version_of(after.versions, digest(THIRD)) == "1.1.0"


def test_what_cannot_be_compared_is_major():
    status, _ = step(THIRD, GeneratedToolStatus(versions={"1.4.1": digest(OTHER)}))

    assert version_of(status.versions, digest(THIRD)) == "2.0.0"


def test_the_version_that_serves_shows():
    rev = bearing(tool(), "1.0.0")
    status, _ = step(tool(), GeneratedToolStatus(), rev)

    assert status.version == "1.0.0"


def test_the_lowest_versions_make_room_but_none_of_a_revision_that_is_there():
    rev = revision()
    many = {"1.0.0": rev.spec.digest} | {f"1.0.{n}": f"sha256-{n:064x}" for n in range(1, MOST_VERSIONS + 3)}
    kept = bounded(many, (rev,))

    assert len(kept) == MOST_VERSIONS and "1.0.0" in kept and f"1.0.{MOST_VERSIONS + 2}" in kept
    assert not {"1.0.1", "1.0.2", "1.0.3"} & set(kept)


def test_retention_leaves_the_highest_version_to_compare_with():
    first, second = grown(tool(), "2030-01-01T11:00:00Z"), grown(OTHER, "2030-01-01T10:00:00Z")
    third = grown(THIRD, "2030-01-01T10:30:00Z")
    known = {"1.0.0": first.spec.digest, "1.1.0": third.spec.digest, "1.1.1": second.spec.digest}
    of = tool(status=GeneratedToolStatus(versions=known))
    plan = decide(of, world(first, second, third, policy=policy(retention={"revisions": 1})), NOON)

    assert not [each for each in plan.actions if type(each).__name__ == "Delete"]
    assert plan.status.versions == known


def test_versions_are_compared_by_number():
    assert max(["1.9.0", "1.10.0"], key=Numbers.of) == "1.10.0"
