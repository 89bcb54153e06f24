"""GeneratedTools the API server must refuse."""

from __future__ import annotations

from tests.contract.crds.edits import ABSENT, Bad
from tests.contract.crds.good_objects import exchange

TRIAL = {"name": "more", "result": {}}

SPEC = (
    Bad("no spec", {"spec": ABSENT}),
    Bad("spec is text", {"spec": "a tool"}, "spec"),
    Bad("unknown field", {"spec.phase": "Running"}),
    Bad("unknown field beside spec", {"extra": 1}, '"extra"', offline=False),
    Bad(
        "a name of 64 characters",
        {"metadata.name": "n" * 64},
        "`metadata.name` must be at most 63",
        offline=False,
    ),
    Bad(
        "a name of 70 characters",
        {"metadata.name": "n" * 70},
        "`metadata.name` must be at most 63",
        offline=False,
    ),
    Bad(
        "a name with a dot",
        {"metadata.name": "word.count"},
        "`metadata.name` must be at most 63",
        offline=False,
    ),
    Bad("no description", {"spec.description": ABSENT}),
    Bad("empty description", {"spec.description": ""}),
    Bad("long description", {"spec.description": "d" * 1025}),
    Bad("description is a number", {"spec.description": 5}),
    Bad("description is null", {"spec.description": None}),
    Bad("no policy name as text", {"spec.policyRef": "default"}),
    Bad("policy name in capitals", {"spec.policyRef.name": "Default"}),
    Bad("policy of another namespace", {"spec.policyRef.namespace": "other"}),
    Bad("policy name too long", {"spec.policyRef.name": "p" * 64}),
    Bad("attempt below zero", {"spec.attempt": -1}),
    Bad("attempt too large", {"spec.attempt": 1_000_001}),
    Bad("attempt as text", {"spec.attempt": "1"}),
    Bad("attempt with a fraction", {"spec.attempt": 1.5}),
    Bad("requester too long", {"spec.requestedBy": "r" * 254}),
    Bad("requester empty", {"spec.requestedBy": ""}),
    Bad("on behalf of too long", {"spec.onBehalfOf": "o" * 254}),
    Bad("too many contributors", {"spec.contributors": [f"c{n}" for n in range(129)]}),
    Bad("made by nothing known", {"spec.origin": {"generator": "Magic"}}, "spec.origin.generator"),
    Bad(
        "made by a template without a name",
        {"spec.origin": {"generator": "Template"}},
        "spec.origin.template",
    ),
    Bad(
        "made by a model with a template",
        {"spec.origin": {"generator": "Model", "template": "x"}},
        "spec.origin.template",
    ),
    Bad(
        "made for a gap that cannot be",
        {"spec.origin": {"generator": "Model", "gap": "a b"}},
        "spec.origin.gap",
    ),
    Bad("a contributor twice", {"spec.contributors": ["a", "a"]}, "spec.contributors[1]", offline=False),
    Bad("a contributor is no text", {"spec.contributors": [{}]}, "spec.contributors[0]"),
    Bad(
        "spelled in snake_case",
        {"spec.policyRef": ABSENT, "spec.policy_ref": {"name": "a"}},
        "spec.policy_ref",
    ),
)

INTERFACE = (
    Bad("no interface", {"spec.interface": ABSENT}),
    Bad("no input schema", {"spec.interface.inputSchema": ABSENT}),
    Bad("no output schema", {"spec.interface.outputSchema": ABSENT}),
    Bad("input schema is true", {"spec.interface.inputSchema": True}),
    Bad("output schema is a list", {"spec.interface.outputSchema": []}),
    Bad("schema with too many keys", {"spec.interface.inputSchema": {f"k{n}": 1 for n in range(1001)}}),
    Bad("tool name with a space", {"spec.interface.toolName": "word count"}),
    Bad("tool name with an accent", {"spec.interface.toolName": "wörter"}),
    Bad("tool name with a line end", {"spec.interface.toolName": "words\n"}),
    Bad("tool name too long", {"spec.interface.toolName": "t" * 65}),
    Bad("tool name empty", {"spec.interface.toolName": ""}),
    Bad("unknown field in interface", {"spec.interface.title": "Words"}),
)

SOURCE = (
    Bad("no source", {"spec.source": ABSENT}),
    Bad("no source type", {"spec.source.type": ABSENT}),
    Bad("another source type", {"spec.source.type": "Generate"}),
    Bad("type without its member", {"spec.source.inline": ABSENT}, "`inline`"),
    Bad("no code", {"spec.source.inline.code": ABSENT}),
    Bad("empty code", {"spec.source.inline.code": ""}),
    Bad("70 KiB of code", {"spec.source.inline.code": "#" * 70 * 1024}),
    Bad("code as a list", {"spec.source.inline.code": ["def run(): ..."]}),
    Bad("unknown member", {"spec.source.git": {"url": "x"}}),
)

TRIALS = (
    Bad("no examples", {"spec.examples": ABSENT}),
    Bad("empty examples", {"spec.examples": []}),
    Bad("examples as a map", {"spec.examples": {"a": {}}}),
    Bad("33 examples", {"spec.examples": [{"name": f"e{n}", "result": {}} for n in range(33)]}),
    Bad("65 tests", {"spec.tests": [{"name": f"t{n}", "result": {}} for n in range(65)]}),
    Bad("example without name", {"spec.examples[0].name": ABSENT}),
    Bad("example name in capitals", {"spec.examples[0].name": "Two"}),
    Bad("example name ends in a hyphen", {"spec.examples[0].name": "two-"}),
    Bad("example name too long", {"spec.examples[0].name": "e" * 64}),
    Bad(
        "two examples of one name", {"spec.examples[1].name": "two-words"}, "spec.examples[1]", offline=False
    ),
    Bad("two tests of one name", {"spec.tests[1]": {**TRIAL, "name": "remembered"}}, offline=False),
    Bad("a test named as an example", {"spec.tests[0].name": "two-words"}, "`tests`", offline=False),
    Bad("neither result nor error", {"spec.examples[0].result": ABSENT}, "spec.examples[0]"),
    Bad("both result and error", {"spec.examples[0].error": "no"}, "`result` and `error`"),
    Bad("a test without outcome", {"spec.tests[0].result": ABSENT}, "spec.tests[0]"),
    Bad("arguments as a list", {"spec.examples[0].arguments": ["a"]}),
    Bad("arguments as text", {"spec.examples[0].arguments": "a b"}),
    Bad("too many arguments", {"spec.examples[0].arguments": {f"a{n}": 1 for n in range(1001)}}),
    Bad("result as a number", {"spec.examples[0].result": 2}),
    Bad("empty error", {"spec.examples[1].error": ""}),
    Bad("long error", {"spec.examples[1].error": "e" * 257}),
    Bad("live check sometimes", {"spec.examples[0].liveCheck": "Sometimes"}),
    Bad("live check as a boolean", {"spec.examples[0].liveCheck": True}),
    Bad("unknown field of an example", {"spec.examples[0].expected": {}}),
    Bad("state as text", {"spec.tests[0].state": "none"}),
    Bad("state before as a list", {"spec.tests[0].state.before": []}),
    Bad("unknown field of state", {"spec.tests[0].state.during": {}}),
)

EXCHANGES = (
    Bad("17 exchanges", {"spec.tests[0].exchanges": [exchange()] * 17}),
    Bad("exchange without request", {"spec.tests[0].exchanges[0].request": ABSENT}),
    Bad("exchange without response", {"spec.tests[0].exchanges[0].response": ABSENT}),
    Bad("method in lower case", {"spec.tests[0].exchanges[0].request.method": "get"}),
    Bad("method CONNECT", {"spec.tests[0].exchanges[0].request.method": "CONNECT"}),
    Bad("no URL", {"spec.tests[0].exchanges[0].request.url": ABSENT}),
    Bad("a file URL", {"spec.tests[0].exchanges[0].request.url": "file:///etc/passwd"}),
    Bad("a URL without scheme", {"spec.tests[0].exchanges[0].request.url": "api.example.com/v1"}),
    Bad("a long URL", {"spec.tests[0].exchanges[0].request.url": "https://" + "u" * 2048}),
    Bad("request body too long", {"spec.tests[0].exchanges[0].request.body": "b" * 16_385}),
    Bad("response body too long", {"spec.tests[0].exchanges[0].response.body": "b" * 16_385}),
    Bad("response body as JSON", {"spec.tests[0].exchanges[0].response.body": {"a": 1}}),
    Bad("status 99", {"spec.tests[0].exchanges[0].response.status": 99}),
    Bad("status 600", {"spec.tests[0].exchanges[0].response.status": 600}),
    Bad("no status", {"spec.tests[0].exchanges[0].response.status": ABSENT}),
    Bad("17 headers", {"spec.tests[0].exchanges[0].response.headers": [{"name": "a", "value": "b"}] * 17}),
    Bad("headers as a map", {"spec.tests[0].exchanges[0].response.headers": {"etag": "1"}}),
    Bad("header without name", {"spec.tests[0].exchanges[0].response.headers[0].name": ABSENT}),
    Bad("header value too long", {"spec.tests[0].exchanges[0].response.headers[0].value": "v" * 1025}),
)


def _egress(id: str, target: object) -> Bad:
    return Bad(f"egress {id}", {"spec.permissions.egress": [target]}, "spec.permissions.egress[0]")


PERMISSIONS = (
    _egress("without port", "api.example.com"),
    _egress("with a scheme", "https://api.example.com:443"),
    _egress("with a path", "api.example.com:443/v1"),
    _egress("in capitals", "API.example.com:443"),
    _egress("with a wildcard", "*.example.com:443"),
    _egress("to port 0", "api.example.com:0"),
    _egress("to port 65536", "api.example.com:65536"),
    _egress("to port 99999", "api.example.com:99999"),
    _egress("to port 0443", "api.example.com:0443"),
    _egress("with an underscore", "api_1.example.com:443"),
    _egress("with a label that begins with a hyphen", "-api.example.com:443"),
    _egress("with an empty label", "api..example.com:443"),
    _egress("with a trailing dot", "api.example.com.:443"),
    _egress("with a label of 64", "a" * 64 + ".example.com:443"),
    _egress("with a user", "me@api.example.com:443"),
    _egress("with a space", "api.example.com :443"),
    _egress("with a line end", "api.example.com:443\n"),
    _egress("to an IPv6 address", "[::1]:443"),
    _egress("that is a number", 443),
    _egress("that is an object", {"host": "api.example.com", "port": 443}),
    Bad("17 targets", {"spec.permissions.egress": [f"a{n}.b:1" for n in range(17)]}),
    Bad("a target twice", {"spec.permissions.egress": ["a.b:1", "a.b:1"]}, "`egress`", offline=False),
    Bad("egress as text", {"spec.permissions.egress": "a.b:1"}),
    Bad(
        "credential in capitals", {"spec.permissions.credentials": ["Key"]}, "spec.permissions.credentials[0]"
    ),
    Bad(
        "credential without a name", {"spec.permissions.credentials": [""]}, "spec.permissions.credentials[0]"
    ),
    Bad("9 credentials", {"spec.permissions.credentials": [f"c{n}" for n in range(9)]}),
    Bad("a credential twice", {"spec.permissions.credentials": ["c", "c"]}, "`credentials`", offline=False),
    Bad(
        "credentials and nowhere to send them",
        {"spec.permissions": {"egress": [], "credentials": ["c"]}},
        "`credentials` are for calls out",
        offline=False,
    ),
    Bad("state for ever", {"spec.permissions.state": "Forever"}),
    Bad("unknown permission", {"spec.permissions.files": ["/etc"]}),
)

SERVING = (
    Bad("retired a little", {"spec.lifecycle": "Retiring"}),
    Bad("a successor that is no name", {"spec.successor": "Count_Words"}),
    Bad("21 replicas", {"spec.serving.replicas": 21}),
    Bad("fewer than no replicas", {"spec.serving.replicas": -1}),
    Bad("replicas as text", {"spec.serving.replicas": "2"}),
    Bad("replicas as a boolean", {"spec.serving.replicas": True}),
    Bad("no time", {"spec.serving.timeoutSeconds": 0}),
    Bad("61 seconds", {"spec.serving.timeoutSeconds": 61}),
    Bad("31 MiB", {"spec.serving.memoryMebibytes": 31}),
    Bad("513 MiB", {"spec.serving.memoryMebibytes": 513}),
    Bad("memory as a quantity", {"spec.serving.memoryMebibytes": "128Mi"}),
    Bad("49 millicores", {"spec.serving.cpuMillicores": 49}),
    Bad("2001 millicores", {"spec.serving.cpuMillicores": 2001}),
    Bad("unknown field of serving", {"spec.serving.image": "evil"}),
)

BAD = (*SPEC, *INTERFACE, *SOURCE, *TRIALS, *EXCHANGES, *PERMISSIONS, *SERVING)

BAD_STATUS = (
    Bad("digest in capitals", {"status.digest": "sha256-" + "A" * 64}),
    Bad("digest with a colon", {"status.digest": "sha256:" + "a" * 64}),
    Bad("unknown risk", {"status.risk": "None"}),
    Bad("generation below zero", {"status.observedGeneration": -1}),
    Bad("two conditions of one type", {"status.conditions[1].type": "Validated"}, "status.conditions[1]", offline=False),
    Bad("condition without reason", {"status.conditions[0].reason": ABSENT}),
    Bad("condition reason with a space", {"status.conditions[0].reason": "Not ready"}),
    Bad("condition status as a boolean", {"status.conditions[0].status": True}),
    Bad("condition time that is none", {"status.conditions[0].lastTransitionTime": "yesterday"}),
    Bad("condition message too long", {"status.conditions[0].message": "m" * 4097}),
    Bad("serving without since", {"status.serving.since": ABSENT}),
    Bad("unknown status field", {"status.phase": "Running"}),
)  # fmt: skip
