"""The gate Accepted on the bad input of the world: a stable reason, and a message that names the field."""

from datetime import UTC, datetime

import pytest

from cupel.api import names
from cupel.api.capability_gap import CapabilityGap
from cupel.api.generated_tool import GeneratedTool
from cupel.api.tool_revision import ApprovalEvidence, ToolRevision
from cupel.decide.acceptance import accepted
from cupel.decide.asked import target_of
from cupel.decide.gap_content import fingerprint_of
from cupel.decide.tool_world import Namesake

from .builders import NOON, policy, revision, tool, world

OLDER = Namesake("other", datetime(2029, 1, 1, tzinfo=UTC))
YOUNGER = Namesake("other", datetime(2031, 1, 1, tzinfo=UTC))
OBJECT = {"type": "object"}
GATEWAY = "system:serviceaccount:cupel-system:cupel-gateway"
API = {"egress": ["api.example.com:443"]}


def interface(**changes: object) -> dict[str, object]:
    base = tool().spec.interface.wire()
    return {"interface": base | changes}


def example(**changes: object) -> dict[str, object]:
    return {"examples": [{"name": "e", "arguments": {"text": "a"}, "result": {"words": 1}} | changes]}


def nested(levels: int) -> dict[str, object]:
    made: dict[str, object] = {"text": "a"}
    for _ in range(levels - 1):
        made = {"text": made}
    return made


def calling(url: str) -> dict[str, object]:
    return example(exchanges=[{"request": {"url": url}, "response": {"status": 200}}])


# fmt: off
CASES = [
    ("a good tool",                        tool(),                                                       world(), "Accepted", "alice"),
    ("a name of 63 characters",            tool("a" * 63),                                               world(), "Accepted", ""),
    ("a name of 64 characters",            tool("a" * 64),                                               world(), "NameInvalid", "`metadata.name`"),
    ("a name with a dot",                  tool("a.b"),                                                  world(), "NameInvalid", "`metadata.name`"),
    ("a zone without sandbox",             tool(),                                                       world(sandbox=""), "SandboxMissing", "cupel.dev/sandbox"),
    ("a sandbox that is none any more",    tool(),                                                       world(sandbox=""), "SandboxMissing", "no longer labelled cupel.dev/zone: sandbox"),
    ("a namespace that is no zone",        tool(),                                                       world(zone=""), "NotAServingZone", "kubectl cupel zone init tools"),
    ("a namespace that is never a zone",   tool(meta={"namespace": "default"}),                                   world(zone=""), "NotAServingZone", "apply the tool in one"),
    ("a policyRef to nothing",             tool(policyRef={"name": "x"}),                                world(policy=None), "PolicyNotFound", "`spec.policyRef.name`"),
    ("nobody asked",                       tool(requestedBy=None),                                       world(), "RequesterUnknown", "`spec.requestedBy`"),
    ("a schema that is none",              tool(**interface(inputSchema={"type": "objekt"})),            world(), "SchemaInvalid", "`spec.interface.inputSchema`"),
    ("a schema of a bare n in YAML",       tool(**interface(inputSchema=OBJECT | {"required": [False]})),  world(), "SchemaInvalid", "False is not of type 'string'; YAML reads n, no, off"),
    ("a schema of a list",                 tool(**interface(outputSchema={"type": "array"})),            world(), "SchemaInvalid", "`spec.interface.outputSchema`"),
    ("a schema from elsewhere",            tool(**interface(inputSchema=OBJECT | {"$ref": "http://x/y"})), world(), "SchemaInvalid", "$ref"),
    ("a schema that recurs",               tool(**interface(inputSchema=OBJECT | {"properties": {"a": {"$ref": "#/properties/a"}}})), world(), "SchemaInvalid", "recursive"),
    ("a pattern RE2 does not take",        tool(**interface(inputSchema=OBJECT | {"properties": {"a": {"pattern": "(?=a)"}}})), world(), "SchemaInvalid", "RE2"),
    ("a schema of 40 KiB",                 tool(**interface(inputSchema=OBJECT | {"title": "x" * 40_000})), world(), "SchemaInvalid", "32768"),
    ("an argument of the wrong type",      tool(**example(arguments={"text": 5})),                       world(), "ExampleInvalid", "`spec.examples[0]` (e): arguments contradict inputSchema: `text`"),
    ("an argument that is unknown",        tool(**example(arguments={"text": "", "x": 5})),              world(), "ExampleInvalid", "unknown field 'x'"),
    ("an argument nested 65 deep",         tool(**example(arguments=nested(65))),                        world(), "BundleTooLarge", "nested more than 64 deep"),
    ("an argument nested 9,000 deep",      tool(**example(arguments=nested(9000))),                      world(), "BundleTooLarge", "nested more than 64 deep"),
    ("a result of the wrong type",         tool(**example(result={"words": "1"})),                       world(), "ExampleInvalid", "result contradicts outputSchema: `words`"),
    ("two examples of one name",           tool(examples=[{"name": "e", "arguments": {"text": "a"}, "result": {"words": 1}}] * 2), world(), "ExampleInvalid", "`spec.examples[1]` (e): is not unique"),
    ("an example with state and no right", tool(**example(state={"before": {}})),                        world(), "ExampleInvalid", "`spec.permissions.state: PerTenant`"),
    ("an exchange outside the egress",     tool(**calling("https://evil.com/x"), permissions=API),       world(policy=policy(permissions=API)), "ExampleInvalid", "evil.com:443"),
    ("an exchange inside the egress",      tool(**calling("https://api.example.com/x"), permissions=API), world(policy=policy(permissions=API)), "Accepted", ""),
    ("an error may break the schema",      tool(**example(arguments={"text": 5}, result=None, error="text")), world(), "Accepted", ""),
    ("egress the policy does not allow",   tool(permissions=API),                                        world(), "PermissionNotAllowed", "`spec.permissions.egress[0]`"),
    ("egress by a wildcard of the policy", tool(permissions=API),                                        world(policy=policy(permissions={"egress": ["*.example.com:443"]})), "Accepted", ""),
    ("another port than the policy's",     tool(permissions=API),                                        world(policy=policy(permissions={"egress": ["api.example.com:80"]})), "PermissionNotAllowed", ""),
    ("a suffix is no subdomain",           tool(permissions={"egress": ["evilexample.com:443"]}),        world(policy=policy(permissions={"egress": ["*.example.com:443"]})), "PermissionNotAllowed", ""),
    ("a credential nobody allowed",        tool(permissions=API | {"credentials": ["key"]}),             world(policy=policy(permissions=API)), "PermissionNotAllowed", "`spec.permissions.credentials[0]`: key is not allowed"),
    ("a credential of another name",       tool(permissions=API | {"credentials": ["key"]}),             world(policy=policy(permissions=API | {"credentials": ["other"]})), "PermissionNotAllowed", "allowed: other"),
    ("a credential the policy allows",     tool(permissions=API | {"credentials": ["key"]}),             world(policy=policy(permissions=API | {"credentials": ["key"]})), "Accepted", ""),
    ("state the policy forbids",           tool(permissions={"state": "PerTenant"}),                     world(policy=policy(permissions={"state": "Forbidden"})), "PermissionNotAllowed", "`spec.permissions.state`"),
    ("a name an older tool has",           tool(),                                                       world(namesakes=(OLDER,)), "NameTaken", "`spec.interface.toolName`"),
    ("a name a younger tool wants",        tool(),                                                       world(namesakes=(YOUNGER,)), "Accepted", ""),
]
# fmt: on


@pytest.mark.parametrize(("of", "seen", "reason", "says"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
def test_accepted(of, seen, reason, says):
    outcome = accepted(of, seen)

    assert outcome.reason == reason and says in outcome.message


@pytest.mark.parametrize(
    ("url", "target"),
    [
        ("https://Api.Example.com/x?y#z", "api.example.com:443"),
        ("http://a.b", "a.b:80"),
        ("https://good.com@evil.com/", "evil.com:443"),
        ("https://a.b:8443?c", "a.b:8443"),
    ],
)
def test_target_of_a_url(url, target):
    assert target_of(url) == target


def asked(**spec: object) -> CapabilityGap:
    wanted = {"wish": "w", "requestedBy": GATEWAY, "onBehalfOf": "agent-1", "contributors": ["bob"]} | spec
    return CapabilityGap.parse({"metadata": {"name": "gap-1", "namespace": "tools"}, "spec": wanted})


def by_author(**spec: object) -> GeneratedTool:
    meta = {"labels": {names.GAP: "gap-1"}}
    return tool(meta=meta, **{"requestedBy": names.AUTHOR, "onBehalfOf": "agent-1"} | spec)


def alike(*people: str) -> CapabilityGap:
    status = asked().status.model_copy(update={"also_asked_by": people})
    return asked().model_copy(update={"status": status})


def of_plan(content: str, **spec: object) -> GeneratedTool:
    origin = {"generator": "Model", "gap": "gap-1", "plan": content}
    return by_author(**{"contributors": [GATEWAY, "bob"], "origin": origin} | spec)


def judged(verdict: str) -> ToolRevision:
    """Its revision, as far as people decided about it."""
    window = ApprovalEvidence(
        attempt=0,
        asked_at=NOON,
        deadline=NOON,
        verdict=verdict,
        needed=1,
        given=1 if verdict == "Approved" else 0,
    )
    return revision(of_plan("f" * 16), approval=window)


# fmt: off
MADE = [
    ("names everybody who asked",          by_author(contributors=[GATEWAY, "bob"]),  world(gap=asked()), "Accepted", ""),
    ("leaves one out",                     by_author(contributors=[GATEWAY]),         world(gap=asked()), "AskersMissing", "`spec.contributors` must name bob"),
    ("keeps a stranger from reviewing",    by_author(contributors=[GATEWAY, "bob", "mallory"]), world(gap=asked()), "AskersForged", "names mallory"),
    ("for a gap that is not there",        by_author(contributors=[GATEWAY, "bob"]),  world(), "GapNotFound", "there is no CapabilityGap gap-1"),
    ("a person's tool names nobody",       tool(),                                    world(gap=asked()), "Accepted", ""),
    ("once a person has changed it",       by_author(requestedBy="alice"),            world(), "Accepted", ""),
    ("leaves out who asked in other words", by_author(contributors=[GATEWAY, "bob"]), world(gap=alike("carol")), "AskersMissing", "`spec.contributors` must name carol"),
    ("names who asked in other words",     by_author(contributors=[GATEWAY, "bob", "carol"]), world(gap=alike("carol")), "Accepted", ""),
    ("drafted for these words",            of_plan(fingerprint_of(asked())),          world(gap=asked()), "Accepted", ""),
    ("drafted for other words",            of_plan("f" * 16),                         world(gap=asked()), "GapReworded", "CapabilityGap gap-1 asks for something else"),
    ("... approved before",                of_plan("f" * 16),                         world(gap=asked(), revisions=(judged("Approved"),)), "Accepted", ""),
    ("... waiting to be approved",         of_plan("f" * 16),                         world(gap=asked(), revisions=(judged("Waiting"),)), "GapReworded", ""),
    ("... a person's since",               of_plan("f" * 16, requestedBy="alice"),    world(gap=asked()), "Accepted", ""),
]
RESERVED = [
    ("the gateway's way to ask",           "get_more_tools"), ("its other name", "request_capability"),
    ("the gateway's word about templates",  "describe_template"),
    ("the way to follow a gap",            "check_capability"), ("feedback", "give_feedback"),
]
# fmt: on


@pytest.mark.parametrize(("of", "seen", "reason", "says"), [c[1:] for c in MADE], ids=[c[0] for c in MADE])
def test_a_tool_the_author_made(of, seen, reason, says):
    outcome = accepted(of, seen)

    assert outcome.reason == reason and says in outcome.message


def test_who_asks_after_the_revision_is_fixed_holds_nothing_up():
    made = by_author()
    settled = world(gap=asked(), revisions=(revision(made),))

    assert accepted(made, settled).reason == "Accepted"


@pytest.mark.parametrize("name", [row[1] for row in RESERVED], ids=[row[0] for row in RESERVED])
def test_names_of_the_gateways_own_tools_are_refused(name):
    outcome = accepted(tool(**interface(toolName=name)), world())

    assert (outcome.status, outcome.reason) == ("False", "NameReserved")
    assert f"`spec.interface.toolName`: {name}" in outcome.message
