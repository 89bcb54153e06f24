"""CapabilityGaps the API server must refuse, each with the field named."""

from __future__ import annotations

from tests.contract.crds.edits import ABSENT, Bad
from tests.contract.crds.good_objects import TIME

CALLER = {"by": "agent-7", "reports": 1, "lastAt": TIME}
OPERATION = {"document": "{}", "operationId": "x"}

BAD = (
    Bad("a name no label can hold", {"metadata.name": "a" * 64}, "`metadata.name`", offline=False),
    Bad("a name with a dot", {"metadata.name": "gap.1"}, "`metadata.name`", offline=False),
    Bad("no wish", {"spec.wish": ABSENT}, "spec.wish"),
    Bad("an empty wish", {"spec.wish": ""}),
    Bad("a wish of 2001 characters", {"spec.wish": "w" * 2001}),
    Bad("a wish that holds a control character", {"spec.wish": "count \x1b[2Jwords"}, "spec.wish", offline=False),
    Bad("... one of eight bits", {"spec.wish": "count \x9b2Jwords"}, "must be text without control characters", offline=False),
    Bad("... what turns the direction", {"spec.wish": "count \u202esdrow"}, "spec.wish", offline=False),
    Bad("... what nobody sees", {"spec.wish": "count \U000e0041 words"}, "spec.wish", offline=False),
    Bad("what was tried holds one", {"spec.tried[0]": "word-count\x07"}, "spec.tried[0]", offline=False),
    Bad("a wish that is a list", {"spec.wish": ["w"]}),
    Bad("nine things tried", {"spec.tried": ["t"] * 9}),
    Bad("a long story of what was tried", {"spec.tried[0]": "t" * 501}),
    Bad("nothing tried, said so", {"spec.tried[0]": ""}),
    Bad("33 tools looked at", {"spec.checked": [f"tool-{n}" for n in range(33)]}),
    Bad("a tool looked at twice", {"spec.checked[1]": "word-count"}, "spec.checked[1]", offline=False),
    Bad("a tool name with a space", {"spec.checked[0]": "word count"}),
    Bad("nine examples", {"spec.examples": [{"result": {}}] * 9}),
    Bad("an example without result", {"spec.examples[0].result": ABSENT}, "spec.examples[0].result"),
    Bad("a result that is a number", {"spec.examples[0].result": 5}),
    Bad("arguments that are a list", {"spec.examples[0].arguments": []}),
    Bad("a tool name in capitals", {"spec.toolName": "Median"}),
    Bad("a tool name with an underscore", {"spec.toolName": "get_more_tools"}),
    Bad("an unknown origin", {"spec.origin": "Rumour"}),
    Bad("an empty policy name", {"spec.policyRef.name": ""}),
    Bad("a template and an operation", {"spec.openapi": OPERATION}, "`template` and `openapi`"),
    Bad("a template without a name", {"spec.template.name": ABSENT}, "spec.template.name"),
    Bad("a template by its title", {"spec.template.name": "Statistics of numbers"}),
    Bad("parameters that are a list", {"spec.template.parameters": []}),
    Bad("a document of 65,537 characters", {"spec.template": ABSENT, "spec.openapi": OPERATION | {"document": "#" * 65_537}}, "spec.openapi.document"),
    Bad("a document without an operation", {"spec.template": ABSENT, "spec.openapi": {"document": "{}"}}, "spec.openapi.operationId"),
    Bad("no reports", {"spec.demand.reports": 0}),
    Bad("half a report", {"spec.demand.reports": 1.5}),
    Bad("33 callers", {"spec.demand.callers": [CALLER | {"by": f"a{n}"} for n in range(33)]}),
    Bad("a caller twice", {"spec.demand.callers[1]": CALLER}, "spec.demand.callers[1]", offline=False),
    Bad("a caller without a name", {"spec.demand.callers[0].by": ABSENT}, "spec.demand.callers[0].by"),
    Bad("a caller who never asked", {"spec.demand.callers[0].reports": 0}),
    Bad("demand without a beginning", {"spec.demand.firstAt": ABSENT}, "spec.demand.firstAt"),
    Bad("demand that ends before it begins", {"spec.demand.lastAt": "2020-01-01T00:00:00Z"}, "`firstAt`"),
    Bad("a day that is none", {"spec.demand.lastAt": "yesterday"}),
    Bad("closed without a word", {"spec.closed.because": ""}),
    Bad("closed with a speech", {"spec.closed.because": "b" * 257}),
    Bad("33 contributors", {"spec.contributors": [f"c{n}" for n in range(33)]}),
    Bad("a contributor twice", {"spec.contributors": ["a", "a"]}, "spec.contributors[1]", offline=False),
    Bad("nobody's behalf", {"spec.onBehalfOf": ""}),
    Bad("a field nobody knows", {"spec.priority": 5}),
)  # fmt: skip

BAD_STATUS = (
    Bad("an unknown generator", {"status.plan.generator": "Magic"}),
    Bad("a plan without a name", {"status.plan.toolName": ABSENT}, "status.plan.toolName"),
    Bad("more than sure", {"status.plan.confidencePerMille": 1001}),
    Bad("a hash that is none", {"status.plan.content": "xyz"}),
    Bad("six answers", {"status.answeredBy": [{"toolName": f"t{n}", "scorePerMille": 1} for n in range(6)]}),
    Bad("a score below nothing", {"status.answeredBy[0].scorePerMille": -1}),
    Bad("eleven attempts", {"status.attempts": [{"number": n + 1, "at": TIME, "generator": "Model", "outcome": "Refused"} for n in range(11)]}),
    Bad("an attempt before the first", {"status.attempts[0].number": 0}),
    Bad("an attempt by nobody", {"status.attempts[0].generator": "Existing"}),
    Bad("an outcome that is none", {"status.attempts[0].outcome": "Perhaps"}),
    Bad("an advice that is none", {"status.recommendation": "Wait"}),
    Bad("two conditions of one type", {"status.conditions[1].type": "Accepted"}, "status.conditions[1]", offline=False),
)  # fmt: skip
