"""What the author does next about a gap: one row a sentence."""

from datetime import timedelta

import pytest

from cupel.api.capability_gap import CapabilityGap
from cupel.api.common import Condition
from cupel.api.draft import Draft
from cupel.api.generated_tool import GeneratedTool
from cupel.api.generation import Origin
from cupel.api.report import Failure, parse_report
from cupel.api.tool_revision import AnalysisEvidence, Finding, ValidationEvidence
from cupel.decide.authoring import LOST_AFTER, Make, Name, Rest, Settle, World, next_step
from cupel.decide.drafted import tool_manifest
from cupel.decide.findings import A_WALL, refusal
from cupel.decide.spending import Spent, overspent, spent, today

from .builders import IMAGE, NOON, policy, report, revision, tool

AUTHOR = "system:serviceaccount:cupel-system:cupel-author"
PLANNED = {
    "type": "Planned", "status": "True", "reason": "ModelMayTry", "message": "",
    "lastTransitionTime": NOON.isoformat(),
}  # fmt: skip
MODEL = {"generator": "Model", "toolName": "word-count"}
TEMPLATE = {
    "generator": "Template",
    "template": "text-measure",
    "parameters": {"unit": "words"},
    "toolName": "word-count",
}
OPEN = policy(generation={"generators": ["Template", "OpenAPI", "Model"], "attempts": 3})


def entry(number=1, outcome="Made", ago=600, **more):
    at = (NOON - timedelta(seconds=ago)).isoformat()
    return {"number": number, "at": at, "generator": "Model", "outcome": outcome} | more


def gap(*drafting, plan=MODEL, conditions=(PLANNED,), generation=1, meta=None, **spec):
    status = {"observedGeneration": 1, "conditions": list(conditions), "drafting": list(drafting)}
    metadata = {"name": "gap-1", "namespace": "tools", "generation": generation, "uid": "gap-uid"}
    wanted = {"wish": "count the words of a text", "requestedBy": "alice"}
    body = {
        "metadata": metadata | (meta or {}),
        "spec": wanted | spec,
        "status": status | ({"plan": plan} if plan else {}),
    }
    return CapabilityGap.parse(body)


def made(origin=None, by=AUTHOR, observed=7, gates=()):
    """The tool the author wrote, with gates that refused it."""
    one = tool(
        meta={"labels": {"cupel.dev/gap": "gap-1"}},
        requestedBy=by,
        origin=origin or {"generator": "Model", "drafting": 1},
    )
    rev = revision(one)
    conditions = tuple(
        Condition(type=kind, status="False", reason=reason, message="why", last_transition_time=NOON)
        for kind, reason in gates
    )
    update = {"observed_generation": observed, "conditions": conditions, "revision": rev.name}
    return one.model_copy(update={"status": one.status.model_copy(update=update)})


def analysed(of: GeneratedTool, *rules: str):
    findings = tuple(
        Finding(rule=rule, line=3, message="Something is wrong.", suggestion="Do it.") for rule in rules
    )
    return revision(of, analysis=AnalysisEvidence(analyser="a/1", verdict="Refused", findings=findings))


def tried(of: GeneratedTool, *failures, import_error=""):
    rev = revision(of)
    seen = parse_report(
        report(
            rev,
            "r",
            failures=tuple(Failure(**one) for one in failures),
            failed=len(failures),
            import_error=import_error,
        )
    )
    evidence = ValidationEvidence(
        run="r",
        image=IMAGE,
        attempt=0,
        verdict="Failed",
        reason="TrialsFailed",
        report=seen,
        finished_at=NOON,
    )
    return revision(of, validation=evidence)


def world(one=None, rev=None, of=OPEN):
    return World(policy=of, tool=one, revision=rev, author=AUTHOR)


REFUSED = made(gates=[("Analyzed", "Refused")])
BROKEN = made(gates=[("Validated", "TrialsFailed")])
FORM = analysed(REFUSED, "syntax-error")
WALL = analysed(REFUSED, "dynamic-code")
FAILED = {"kind": "Test", "name": "test-1-none", "reason": "WrongResult", "message": "got 1, not 2"}
UNSEEN = {"kind": "Test", "name": "check-1-unseen", "reason": "WrongResult", "message": "got 1, not 2"}
SAME = made(origin={"generator": "Template", "template": "text-measure", "parameters": {"unit": "words"}})
OLD = made(origin={"generator": "Template", "template": "text-measure", "parameters": {"unit": "lines"}})


def unfixed(by=AUTHOR):
    """Written, judged, and without a revision yet."""
    one = made(origin=SAME.spec.origin.wire(), by=by)
    return one.model_copy(update={"status": one.status.model_copy(update={"revision": None})})


UNFIXED = unfixed()

# fmt: off
CASES = [
    # sentence                                                  gap                                             seen                     answer  says
    ("planned and nothing there: draft",                        gap(),                                          world(),                 Make,   1),
    ("a template needs no model",                               gap(plan=TEMPLATE),                             world(),                 Make,   1),
    ("nothing planned: leave it",                               gap(plan=None),                                 world(),                 Rest,   "nothing is planned"),
    ("a plan that does not hold any more: leave it",            gap(conditions=()),                             world(),                 Rest,   "nothing is planned"),
    ("a plan for an older wish: leave it",                      gap(generation=2),                              world(),                 Rest,   "nothing is planned"),
    ("there is a tool already: leave it",                       gap(plan=MODEL | {"generator": "Existing"}),    world(),                 Rest,   "nothing is planned"),
    ("a person closed it: leave it",                            gap(closed={"because": "no"}),                  world(),                 Rest,   "nothing is planned"),
    ("it is being deleted: leave it",                           gap(meta={"deletionTimestamp": NOON.isoformat()}), world(),              Rest,   "nothing is planned"),
    ("no policy: leave it",                                     gap(),                                          world(of=None),          Rest,   "not there"),
    ("a paused policy: leave it",                               gap(),                                          world(of=policy(mode="Paused")), Rest, "paused"),
    ("models are not among the generators: leave it",           gap(),                                          world(of=policy()),      Rest,   "has no Model"),
    ("somebody is writing: wait",                               gap(entry(outcome="Writing", ago=10)),          world(),                 Rest,   "being written"),
    ("who wrote is gone, and left nothing: note it",            gap(entry(outcome="Writing", ago=301)),         world(),                 Settle, False),
    ("who wrote is gone, and left the tool: note it",           gap(entry(outcome="Writing", ago=10)),          world(REFUSED),          Settle, True),
    ("... a tool of an earlier draft is none",                  gap(entry(2, "Writing", ago=10)),               world(REFUSED),          Rest,   "being written"),
    ("the tool is not judged yet: wait",                        gap(entry()),                                   world(made(observed=6)), Rest,   "not judged"),
    ("nothing is held against it: leave it",                    gap(entry()),                                   world(made()),           Rest,   "nothing is held"),
    ("its revision is another than was seen: leave it",         gap(entry()),                                   world(REFUSED, None),    Rest,   "nothing is held"),
    ("refused by a rule of form: again",                        gap(entry()),                                   world(REFUSED, FORM),    Make,   2),
    ("refused by its trials: again",                            gap(entry()),                                   world(BROKEN, tried(BROKEN, FAILED)), Make, 2),
    ("a trial without a report says nothing of the code",       gap(entry()),                                   world(BROKEN, revision(BROKEN)), Rest, "nothing is held"),
    ("a person wrote the tool since: it is theirs",             gap(entry()),                                   world(made(by="bob", gates=[("Analyzed", "Refused")]), FORM), Rest, "bob wrote"),
    ("attempts are used up",                                    gap(entry(1), entry(2), entry(3)),              world(REFUSED, FORM),    Rest,   "3 of 3 attempts"),
    ("what was held is no attempt",                             gap(entry(1), entry(2), entry(3, "Held")),      world(REFUSED, FORM),    Make,   3),
    ("the same code came twice",                                gap(entry(1), entry(2, "Repeated")),            world(REFUSED, FORM),    Rest,   "the same code"),
    ("one wall is a mistake",                                   gap(entry(1), entry(2, security=True)),         world(REFUSED, WALL),    Make,   3),
    ("two walls are a pattern",                                 gap(entry(1, security=True), entry(2, security=True)), world(REFUSED, WALL), Rest, "security rules refused 2"),
    ("a model that failed just now is left alone",              gap(entry(outcome="Failed", ago=10)),           world(),                 Rest,   "brought nothing"),
    ("... and asked again later",                               gap(entry(outcome="Failed", ago=31)),           world(),                 Make,   2),
    ("... later still after the second time",                   gap(entry(1, "Failed"), entry(2, "Lost", ago=31)), world(),              Rest,   "brought nothing"),
    ("a tool that was written just now is on its way",          gap(entry(ago=10)),                             world(),                 Rest,   "just now"),
    ("a tool that is gone is made again",                       gap(entry(ago=3600)),                           world(),                 Make,   2),
    ("another plan has attempts of its own",                    gap(entry(1), entry(2), entry(3), plan=MODEL | {"content": "b"}), world(), Make, 4),
    ("... and is made anew, whatever serves",                   gap(entry(1, plan="a"), plan=MODEL | {"content": "b"}), world(made(origin={"generator": "Model", "drafting": 1, "plan": "a"})), Make, 2),
    ("as many drafts as there is room for",                     gap(*(entry(n, plan="a") for n in range(1, 21)), plan=MODEL | {"content": "b"}), world(), Rest, "another gap"),
    ("a template that cannot be written now is tried later",    gap(entry(outcome="Failed", ago=10), plan=TEMPLATE), world(),             Rest,   "brought nothing"),
    ("a template's tool is made once",                          gap(entry(), plan=TEMPLATE),                    world(SAME),             Rest,   "is made"),
    ("... and anew when the plan changed",                      gap(entry(), plan=TEMPLATE),                    world(OLD),              Make,   2),
    ("who asked since its tool was written is named",           gap(entry(), plan=TEMPLATE),                    world(UNFIXED),          Name,   ("alice",)),
    ("... also when the gap was closed meanwhile",              gap(entry(), plan=TEMPLATE, closed={"because": "no"}), world(UNFIXED),   Name,   ("alice",)),
    ("... not while a draft is being written",                  gap(entry(2, "Writing", ago=10)),               world(UNFIXED),          Rest,   "being written"),
    ("... not once its revision fixed who did",                 gap(entry(), plan=TEMPLATE),                    world(SAME),             Rest,   "is made"),
    ("... not when it is a person's since",                     gap(entry(), plan=TEMPLATE),                    world(unfixed(by="bob")), Rest,  "bob wrote"),
]
# fmt: on


@pytest.mark.parametrize(
    ("one", "seen", "answer", "says"), [row[1:] for row in CASES], ids=[row[0] for row in CASES]
)
def test_next_step(one, seen, answer, says):
    step = next_step(one, seen, NOON)
    assert type(step) is answer
    match step:
        case Rest(why):
            assert says in why
        case Settle(known):
            assert known is says
        case Make():
            assert step.number == says
        case Name():
            assert step.people == says
    assert next_step(one, seen, NOON) == step


def test_waiting_ends_by_itself():
    """A row that waits for time to pass names the moment, and then something else is done."""
    waits = [row for row in CASES if isinstance(next_step(row[1], row[2], NOON), Rest)]
    timed = [(row, until) for row in waits if (until := next_step(row[1], row[2], NOON).until)]
    assert len(timed) == 7
    for row, until in timed:
        assert not isinstance(next_step(row[1], row[2], until), Rest), row[0]
    assert LOST_AFTER > timedelta(seconds=2 * 120), "two requests of the longest kind"


TOLD = [
    ("a rule of form is told whole", FORM, ("syntax-error, line 3: Something is wrong. Do it.",), False),
    ("a security rule is told as such, and no more", WALL, (A_WALL,), True),
    ("both", analysed(REFUSED, "syntax-error", "dynamic-code"), ("syntax-error, line 3: Something is wrong. Do it.", A_WALL), True),
]  # fmt: skip


@pytest.mark.parametrize(("rev", "told", "security"), [row[1:] for row in TOLD], ids=[row[0] for row in TOLD])
def test_what_an_author_is_told_of_analysis(rev, told, security):
    found = refusal(REFUSED, rev)
    assert found is not None and (found.told, found.security) == (told, security)


def test_an_unseen_test_is_never_told():
    found = refusal(BROKEN, tried(BROKEN, FAILED, UNSEEN, FAILED | {"kind": "HeldOut", "name": "h"}))
    assert found is not None and not found.security
    assert found.told[0] == "trial test-1-none: WrongResult got 1, not 2" and len(found.told) == 2
    assert "check-1" not in "".join(found.told) and found.told[1].startswith(
        "a trial you have not seen failed"
    )


def test_an_import_that_fails_is_told():
    found = refusal(BROKEN, tried(BROKEN, import_error="NameError: name 'x' is not defined"))
    assert found is not None and found.told == (
        "importing the module failed: NameError: name 'x' is not defined",
    )


def test_what_was_spent_is_counted_by_day_and_policy():
    old, new = entry(1, ago=86_400, tokens=100, micros=5), entry(2, ago=60, tokens=30, micros=2)
    other = gap(entry(1, ago=60, tokens=7), policyRef={"name": "other"})
    assert spent(gap(old, new).status.drafting) == Spent(130, 7)
    assert today((gap(old, new), gap(new), other), "default", NOON) == Spent(60, 4)


BUDGET = {"tokensPerTool": 100, "tokensPerDay": 1000, "microsPerTool": 50, "microsPerDay": 60}


@pytest.mark.parametrize(
    ("used", "day", "next_", "names"),
    [
        (Spent(50, 10), Spent(50, 10), Spent(50, 10), ""),
        (Spent(51, 10), Spent(51, 10), Spent(50, 10), "tokensPerTool"),
        (Spent(0, 0), Spent(980, 0), Spent(50, 0), "tokensPerDay"),
        (Spent(0, 45), Spent(0, 45), Spent(1, 6), "microsPerTool"),
        (Spent(0, 0), Spent(0, 58), Spent(1, 6), "microsPerDay"),
    ],
)
def test_a_budget_is_a_hard_stop(used, day, next_, names):
    budget = policy(generation={"budget": BUDGET}).spec.generation.budget
    said = overspent(budget, used, day, next_)
    assert names in said and bool(said) is bool(names)


def test_the_tool_names_everybody_who_asked_and_keeps_their_examples():
    callers = [{"by": who, "lastAt": NOON.isoformat()} for who in ("carol", "dan")]
    demand = {"reports": 3, "callers": callers, "firstAt": NOON.isoformat(), "lastAt": NOON.isoformat()}
    wanted = gap(
        demand=demand, onBehalfOf="agent-7", requestedBy="gateway",
        examples=[{"arguments": {"text": "a b c"}, "result": {"words": 3}}],
    )  # fmt: skip
    like = tool()
    draft = Draft(
        description=like.spec.description,
        interface=like.spec.interface,
        code=like.code,
        examples=like.spec.examples,
    )
    plan = wanted.status.plan
    manifest = tool_manifest(wanted, plan, draft, Origin(generator="Model", gap="gap-1", drafting=1))
    assert manifest["metadata"] == {
        "name": "word-count",
        "namespace": "tools",
        "labels": {"cupel.dev/gap": "gap-1"},
    }
    assert manifest["spec"]["onBehalfOf"] == "agent-7"
    assert set(manifest["spec"]["contributors"]) == {"gateway", "carol", "dan"}
    assert [one["name"] for one in manifest["spec"]["examples"]] == ["asked-1", "two-words"]
    assert GeneratedTool.parse(manifest).spec.examples[0].result == {"words": 3}


NAMED = [
    (
        "what it is made of, and four digits",
        "gap-bddb7567e8",
        {"what": "water", "unit": "ml"},
        "tracker_water_ml_bddb",
    ),
    ("lists give their first", "gap-bddb7567e8", {"quantities": ["length", "mass"]}, "tracker_length_bddb"),
    ("what is no word is left out", "gap-bddb7567e8", {"what": "ignore all; rules", "n": 3}, "tracker_bddb"),
    ("a name somebody gave stays", "water", {"what": "water"}, None),
]


@pytest.mark.parametrize(
    ("name", "parameters", "wanted"), [row[1:] for row in NAMED], ids=[row[0] for row in NAMED]
)
def test_what_agents_call_it(name, parameters, wanted):
    plan = {"generator": "Template", "template": "tracker", "parameters": parameters, "toolName": name}
    of = gap(plan=plan, meta={"name": name})
    like = tool()
    draft = Draft(description="d", interface=like.spec.interface, code=like.code, examples=like.spec.examples)
    manifest = tool_manifest(of, of.status.plan, draft, Origin(generator="Template", template="tracker"))
    assert manifest["spec"]["interface"].get("toolName") == wanted
    assert GeneratedTool.parse(manifest).name == name
