"""The life of a CapabilityGap, one row a sentence; deciding again an hour later changes nothing."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from cupel.api.capability_gap import CapabilityGap
from cupel.api.names import AUTHOR
from cupel.decide.capability_gap import World, decide
from cupel.decide.gap_plan import names_for
from cupel.decide.gap_twin import Twin
from cupel.decide.gap_world import Near, Proposal, Way

from .builders import NOON, policy, tool

CONTENT = "0123456789abcdef"
DIGEST = "sha256-" + "1" * 64
FITS = Way("Template", "speaks of medians", "statistics", {"which": ["median"]}, 800)


def gap(status: Any = None, meta: Any = None, **spec: Any) -> CapabilityGap:
    metadata = {"name": "gap-1", "namespace": "tools", "uid": "u", "generation": 3}
    wanted = {"wish": "the median of a list", "requestedBy": "alice"}
    body = {"metadata": metadata | (meta or {}), "spec": wanted | spec}
    made = CapabilityGap.parse(body)
    return made if status is None else made.model_copy(update={"status": status})


def world(**changes: Any) -> World:
    seen = World(zone="serving", policy=policy(), proposal=Proposal(CONTENT, FITS))
    return replace(seen, **changes)


def generation(**changes: Any) -> Any:
    return policy(generation=changes)


def made(
    reason: str = "TrialRunning",
    status: str = "Unknown",
    mark: str = "",
    generator: str = "Template",
    digest: str = DIGEST,
    says: str = "so it is",
) -> Any:
    """The tool the author made for it, as far as this."""
    conditions = [
        {
            "type": "Ready",
            "status": status,
            "reason": reason,
            "message": says,
            "lastTransitionTime": NOON,
        }
    ]
    if mark:
        conditions.insert(0, conditions[0] | {"type": mark, "status": "True"})
    origin = {"generator": generator, "gap": "gap-1"} | (
        {"template": "statistics"} if generator == "Template" else {}
    )
    one = tool("gap-1", origin=origin)
    kept = one.status.model_copy(update={"digest": digest, "observed_generation": 7})
    return one.model_copy(
        update={"status": type(kept).model_validate(kept.wire() | {"conditions": conditions})}
    )


def planned(gap_: CapabilityGap | None = None, seen: World | None = None) -> CapabilityGap:
    """A gap whose plan stands in its status, before its tool was made."""
    first = gap_ or gap()
    return first.model_copy(update={"status": decide(first, seen or world(), NOON).status})


def drafted(*outcomes: str, plan: str = CONTENT) -> CapabilityGap:
    """A gap the author has drafted for, with these outcomes."""
    entries = [
        {
            "number": number,
            "at": NOON,
            "generator": "Template",
            "outcome": outcome,
            "because": "so it was",
            "plan": plan,
        }
        for number, outcome in enumerate(outcomes, 1)
    ]
    status = type(gap().status).model_validate({"drafting": entries})
    return planned(gap(status=status))


def after_model(*outcomes: str) -> CapabilityGap:
    """As `drafted`, of a gap that a model is to answer."""
    found = planned(seen=world(proposal=NOTHING, policy=WITH_MODEL))
    assert found.status.plan
    entries = drafted(*outcomes, plan=found.status.plan.content).status.drafting
    return found.model_copy(update={"status": found.status.model_copy(update={"drafting": entries})})


def by_plan(content: str, by: str = AUTHOR) -> Any:
    """The tool the author made by this plan; it serves."""
    one = made("Serving", "True")
    origin = one.spec.origin.model_copy(update={"plan": content})
    return one.model_copy(update={"spec": one.spec.model_copy(update={"origin": origin, "requested_by": by})})


NAMED = Proposal(CONTENT, replace(FITS, because="named"), named=True)
OPERATION = Proposal(CONTENT, Way("OpenAPI", "operation getRate"), named=True)
BAD = Proposal(
    CONTENT, named=True, problem=("TemplateInvalid", "`spec.template.parameters.which`: what is needed")
)
HOSTILE = Proposal(CONTENT, FITS, hostile="The wish asks for what no tool may do here (secrets).")
NOTHING = Proposal(CONTENT, None, templates=("unit-convert", "text-measure"))
NEAR, FAR = Near("median-of", 700, True), Near("mean-of", 410, False)
CHOSEN = Twin("gap-0", "median_9", by_words=True)
WITH_MODEL = generation(generators=["Template", "Model"])

# fmt: off
ROWS = [
    # sentence, gap, world, gate it stops at, its status, reason, what the message says
    ("a template fits",                    gap(), world(), "Built", "Unknown", "AwaitingAuthor", "template statistics"),
    ("outside of a zone",                  gap(), world(zone=""), "Accepted", "False", "NotAServingZone", "zone init"),
    ("in a sandbox",                       gap(), world(zone="sandbox"), "Accepted", "False", "NotAServingZone", "no serving zone"),
    ("of no policy",                       gap(policyRef={"name": "x"}), world(policy=None), "Accepted", "False", "PolicyNotFound", "`spec.policyRef.name`: there is no ToolPolicy x"),
    ("of a paused policy",                 gap(), world(policy=policy(mode="Paused")), "Accepted", "Unknown", "Paused", "paused"),
    ("where gaps are forbidden",           gap(), world(policy=generation(gaps="Forbidden")), "Accepted", "False", "GapsForbidden", "`spec.generation.gaps: Forbidden`"),
    ("nobody stamped it",                  gap(requestedBy=None), world(), "Accepted", "False", "RequesterUnknown", "cupel-stamp-gap"),
    ("a person closed it",                 gap(closed={"because": "we buy one"}), world(), "Accepted", "Unknown", "Closed", "we buy one"),
    ("closed, and the policy is gone",     gap(closed={"because": "no"}), world(policy=None), "Accepted", "Unknown", "Closed", "no"),
    ("examples that contradict",           gap(examples=[{"arguments": {"a": 1}, "result": {"b": 1}}, {"arguments": {"a": 1.0}, "result": {"b": 2}}]), world(), "Accepted", "False", "ExampleInvalid", "`spec.examples[1]` has the arguments of `spec.examples[0]`"),
    ("an example said twice",              gap(examples=[{"arguments": {"a": 1}, "result": {"b": 1}}] * 2), world(), "Built", "Unknown", "AwaitingAuthor", ""),
    ("an argument that is no name",        gap(examples=[{"arguments": {"a b": 1}, "result": {}}]), world(), "Accepted", "False", "ExampleInvalid", "`spec.examples[0]`.arguments: 'a b'"),
    ("examples of 40 KiB together",        gap(examples=[{"arguments": {"a": "x" * 13_000, "n": n}, "result": {}} for n in range(3)]), world(), "Accepted", "False", "ExampleInvalid", "`spec.examples` must be at most 32768 bytes"),
    ("an example of 20 KiB",               gap(examples=[{"arguments": {"a": "x" * 20_000}, "result": {}}]), world(), "Accepted", "False", "ExampleInvalid", "16384 bytes"),
    ("no room, there are older ones",      gap(), world(older=200), "Accepted", "Unknown", "TooManyGaps", "`spec.generation.maxOpenGaps`"),
    ("the last that has room",             gap(), world(older=199), "Built", "Unknown", "AwaitingAuthor", ""),
    ("no room, but its tool is made",      gap(), world(older=900, tool=made()), "Answered", "Unknown", "TrialRunning", "GeneratedTool gap-1: so it is"),
    ("a tool does it already",             gap(), world(near=(NEAR, FAR)), "Answered", "True", "Serving", "agents call median-of"),
    ("a tool only comes near",             gap(), world(near=(FAR,)), "Built", "Unknown", "AwaitingAuthor", "statistics"),
    ("the asker looked at that tool",      gap(checked=["median-of"]), world(near=(NEAR, FAR)), "Built", "Unknown", "AwaitingAuthor", "statistics"),
    ("the asker named a template",         gap(), world(near=(NEAR,), proposal=NAMED), "Built", "Unknown", "AwaitingAuthor", "template statistics"),
    ("... with bad parameters",            gap(), world(proposal=BAD), "Planned", "False", "TemplateInvalid", "`spec.template.parameters.which`"),
    ("... that the policy does not allow", gap(), world(proposal=NAMED, policy=generation(generators=["OpenAPI"])), "Planned", "False", "GeneratorNotAllowed", "`spec.template`: ToolPolicy default does not allow generator Template; allowed (`spec.generation.generators`): OpenAPI"),
    ("an operation is given",              gap(), world(proposal=OPERATION), "Built", "Unknown", "AwaitingAuthor", "generator OpenAPI"),
    ("... that the policy does not allow", gap(), world(proposal=OPERATION, policy=generation(generators=[])), "Planned", "False", "GeneratorNotAllowed", "`spec.openapi`"),
    ("the wish is hostile",                gap(), world(proposal=HOSTILE, near=(NEAR,), policy=WITH_MODEL), "Planned", "False", "WishRefused", "what no tool may do here (secrets). If it is meant otherwise, say in plain words"),
    ("nothing fits",                       gap(), world(proposal=NOTHING, near=(FAR,)), "Planned", "Unknown", "NothingFits", "nearest tools: mean-of (410 of 1000); nearest templates: unit-convert, text-measure"),
    ("templates are not allowed",          gap(), world(policy=generation(generators=[])), "Planned", "Unknown", "NothingFits", "generator Template could"),
    ("nothing fits, a model may try",      gap(), world(proposal=NOTHING, policy=WITH_MODEL), "Built", "Unknown", "AwaitingAuthor", "generator Model"),
    ("a template goes before a model",     gap(), world(policy=WITH_MODEL), "Built", "Unknown", "AwaitingAuthor", "template statistics"),
    ("another gap's tool is made so",       gap(), world(twin=Twin("gap-0", "median_9", True)), "Answered", "True", "Serving", "agents call median_9"),
    ("... and does not serve yet",         gap(), world(twin=Twin("gap-0", "median_9")), "Planned", "Unknown", "SamePlan", "once its tool median_9 serves"),
    ("... and is not made yet",            gap(), world(twin=Twin("gap-0")), "Planned", "Unknown", "SamePlan", "CapabilityGap gap-0 is answered by the same template"),
    ("... and the asker looked at it",     gap(checked=["median_9"]), world(twin=Twin("gap-0", "median_9", True)), "Built", "Unknown", "AwaitingAuthor", "template statistics"),
    ("... and people rejected it",         gap(), world(twin=Twin("gap-0", "median_9", refused="Rejected: bob rejected it")), "Planned", "False", "TwinRefused", "its tool median_9 was refused (Rejected: bob rejected it). Word `spec.wish` otherwise"),
    ("... which the asker knows",          gap(checked=["median_9"]), world(twin=Twin("gap-0", "median_9", refused="Rejected: no")), "Built", "Unknown", "AwaitingAuthor", "template statistics"),
    ("... and this one names its tool",    gap(toolName="mine"), world(twin=Twin("gap-0", "median_9", True)), "Built", "Unknown", "AwaitingAuthor", "template statistics"),
    ("same words, and a template named",   gap(), world(proposal=NOTHING, twin=CHOSEN), "Planned", "Unknown", "SamePlan", "CapabilityGap gap-0 asks in the same words and names what makes it: this one is, too, once its tool median_9 serves"),
    ("... whose tool serves",              gap(), world(proposal=NOTHING, twin=CHOSEN._replace(serves=True)), "Answered", "True", "Serving", "agents call median_9"),
    ("... before a model tries",           gap(), world(proposal=NOTHING, policy=WITH_MODEL, twin=CHOSEN), "Planned", "Unknown", "SamePlan", "median_9"),
    ("... and the asker looked at it",     gap(checked=["median_9"]), world(proposal=NOTHING, twin=CHOSEN), "Planned", "Unknown", "NothingFits", "nearest templates"),
    ("... and a tool comes nearer",        gap(), world(near=(NEAR,), twin=Twin("gap-0", "median_9", True)), "Answered", "True", "Serving", "agents call median-of"),
    ("no draft came, and it tries again",  drafted("Failed"), world(), "Built", "Unknown", "DraftFailed", "no draft came of template statistics: so it was"),
    ("... as often as it may",             drafted("Failed", "Failed", "Failed"), world(), "Built", "False", "AttemptsExhausted", "Change what is asked for"),
    ("the budget holds it",                drafted("Failed", "Failed", "Held"), world(), "Built", "Unknown", "DraftFailed", "so it was"),
    ("the same code came twice",           drafted("Made", "Repeated"), world(), "Built", "False", "AttemptsExhausted", "so it was"),
    ("what failed was another plan",       drafted("Failed", plan="fedcba9876543210"), world(), "Built", "Unknown", "AwaitingAuthor", ""),
    ("a draft is under way",               drafted("Writing"), world(), "Built", "Unknown", "AwaitingAuthor", ""),
    ("its tool is of an earlier plan",     planned(), world(tool=by_plan("fedcba9876543210")), "Built", "Unknown", "AwaitingRedraft", "earlier plan"),
    ("... of this one",                    planned(), world(tool=by_plan(CONTENT)), "Answered", "True", "Serving", "agents call gap-1"),
    ("... and a person's since",           planned(), world(tool=by_plan("fedcba9876543210", by="alice")), "Answered", "True", "Serving", "agents call gap-1"),
    ("nothing fits its new words",         gap(), world(proposal=NOTHING, tool=by_plan("fedcba9876543210")), "Planned", "Unknown", "NothingFits", "GeneratedTool gap-1, made for its earlier words, is held (GapReworded)"),
    ("its tool is in validation",          planned(), world(tool=made()), "Answered", "Unknown", "TrialRunning", "so it is"),
    ("its tool waits for people",          planned(), world(tool=made("AwaitingApproval", "False", "Suspended")), "Answered", "Unknown", "AwaitingApproval", "so it is"),
    ("its tool was refused",               planned(), world(tool=made("CodeRefused", "False", "Stalled")), "Answered", "False", "CodeRefused", "so it is"),
    ("... for a permission",               planned(), world(tool=made("PermissionNotAllowed", "False", "Stalled", says="`spec.permissions.egress[0]`: a.test is not allowed")), "Answered", "False", "PermissionNotAllowed", "set `spec.permissions.egress` of ToolPolicy default, or name"),
    ("... for an example of the asker's",  planned(gap(examples=[{"arguments": {"a": 1}, "result": {"b": 1}}])), world(tool=made("TrialsFailed", "False", "Stalled", says="1 of 9 failed: asked-1: WrongResult")), "Answered", "False", "TrialsFailed", "trial asked-1 is `spec.examples[0]` of this gap"),
    ("... for an example it has not",      planned(), world(tool=made("TrialsFailed", "False", "Stalled", says="1 of 9 failed: asked-1: WrongResult")), "Answered", "False", "TrialsFailed", "asked-1: WrongResult"),
    ("its tool serves",                    planned(), world(tool=made("Serving", "True")), "Answered", "True", "Serving", "agents call gap-1"),
    ("its tool was just edited",           planned(), world(tool=tool("gap-1")), "Answered", "Unknown", "Pending", "not judged"),
    ("a model's draft was refused",        planned(seen=world(proposal=NOTHING, policy=WITH_MODEL)), world(proposal=NOTHING, policy=WITH_MODEL, tool=made("CodeRefused", "False", "Stalled", "Model")), "Answered", "Unknown", "AwaitingRedraft", "attempt 1 of 3 was refused (CodeRefused)"),
    ("... and no other came of the tries left", after_model("Made", "Failed", "Failed"), world(proposal=NOTHING, policy=WITH_MODEL, tool=made("CodeRefused", "False", "Stalled", "Model")), "Answered", "False", "AttemptsExhausted", "brought nothing: so it was"),
    ("... and one try is left",            after_model("Made", "Failed"), world(proposal=NOTHING, policy=WITH_MODEL, tool=made("CodeRefused", "False", "Stalled", "Model")), "Answered", "Unknown", "AwaitingRedraft", "attempt 2 of 3"),
    ("... and was the last",               planned(seen=world(proposal=NOTHING, policy=generation(generators=["Model"], attempts=1))), world(proposal=NOTHING, policy=generation(generators=["Model"], attempts=1), tool=made("CodeRefused", "False", "Stalled", "Model")), "Answered", "False", "AttemptsExhausted", "1 of 1 attempts were refused"),
]
# fmt: on
TABLE = pytest.mark.parametrize(
    ("of", "seen", "gate", "status", "reason", "says"),
    [row[1:] for row in ROWS],
    ids=[row[0] for row in ROWS],
)
MARKS = {"Reconciling", "Stalled", "Suspended", "Ready"}


@TABLE
def test_where_it_stops(of, seen, gate, status, reason, says):
    gates = [c for c in decide(of, seen, NOON).status.conditions if c.type not in MARKS]
    last = gates[-1]

    assert (last.type, last.status, last.reason) == (gate, status, reason)
    assert says in last.message


@TABLE
def test_deciding_again_an_hour_later_changes_nothing(of, seen, gate, status, reason, says):
    first = decide(of, seen, NOON)
    again = decide(of.model_copy(update={"status": first.status}), seen, NOON + timedelta(hours=1))

    assert again == first


@TABLE
def test_its_status_can_be_stored(of, seen, gate, status, reason, says):
    stored = decide(of, seen, NOON).status

    assert type(stored).model_validate(stored.wire()) == stored
    assert not any("must be" in c.message and "`" not in c.message for c in stored.conditions)


# fmt: off
SUMMED = [
    ("a template fits",       gap(),                              world(),                                 "Reconciling", "Unknown", "AwaitingAuthor"),
    ("nothing fits",          gap(),                              world(proposal=NOTHING),                 "Suspended", "False", "NothingFits"),
    ("closed",                gap(closed={"because": "no"}),      world(),                                 "Suspended", "False", "Closed"),
    ("waits for approvals",   planned(),                          world(tool=made("AwaitingApproval", "False", "Suspended")), "Suspended", "False", "AwaitingApproval"),
    ("its tool is refused",   planned(),                          world(tool=made("CodeRefused", "False", "Stalled")), "Stalled", "False", "CodeRefused"),
    ("answered",              gap(),                              world(near=(NEAR,)),                     None, "True", "Answered"),
]
# fmt: on


@pytest.mark.parametrize(
    ("of", "seen", "mark", "status", "reason"), [row[1:] for row in SUMMED], ids=[row[0] for row in SUMMED]
)
def test_ready_and_the_words_of_kstatus(of, seen, mark, status, reason):
    found = {c.type: c for c in decide(of, seen, NOON).status.conditions}

    assert (found["Ready"].status, found["Ready"].reason) == (status, reason)
    assert [name for name in ("Reconciling", "Stalled", "Suspended") if name in found] == (
        [mark] if mark else []
    )


def test_the_plan_says_how_and_what_for():
    plan = decide(gap(), world(), NOON).status.plan

    assert plan is not None
    assert plan.wire() == {
        "generator": "Template", "template": "statistics", "parameters": {"which": ["median"]}, "toolName": "gap-1",
        "because": "speaks of medians", "confidencePerMille": 800, "content": CONTENT,
    }  # fmt: skip


def test_a_tool_that_was_made_is_not_made_otherwise_because_cupel_would_choose_otherwise():
    other = Proposal(CONTENT, Way("Template", "newer", "text-measure", {}, 900))
    kept = decide(planned(), world(proposal=other, near=(NEAR,), tool=made()), NOON).status

    assert kept.plan is not None and kept.plan.template == "statistics"


def test_it_is_made_otherwise_when_something_else_is_asked_for():
    other = Proposal("f" * 16, Way("Template", "newer", "text-measure", {}, 900))
    plan = decide(planned(), world(proposal=other, tool=made()), NOON).status.plan

    assert plan is not None and (plan.template, plan.tool_name) == ("text-measure", "gap-1")


def test_what_is_paused_goes_on_where_it_was():
    before = planned()
    after = decide(before, world(policy=policy(mode="Paused"), tool=made()), NOON).status

    assert after.plan == before.status.plan


def test_its_tool_gets_a_name_that_is_free():
    wished = gap(toolName="median", meta={"name": "gap-" + "x" * 59})
    names = names_for(wished)
    taken = [frozenset(names[:n]) for n in range(3)]
    plans = [decide(wished, world(taken=each), NOON).status.plan for each in taken]

    assert [plan.tool_name for plan in plans if plan] == list(names)
    assert names[:2] == ("median", wished.name) and all(len(name) <= 63 for name in names)


def test_the_story_of_the_attempts_has_a_line_for_each_draft():
    seen = world(proposal=NOTHING, policy=WITH_MODEL)
    told = planned(seen=seen)
    for at, (reason, status, mark, digest) in enumerate(
        [
            ("TrialRunning", "Unknown", "Reconciling", "1"),
            ("TrialsFailed", "False", "Stalled", "1"),
            ("TrialRunning", "Unknown", "Reconciling", "2"),
            ("Serving", "True", "", "2"),
        ]
    ):
        tool_ = made(reason, status, mark, "Model", "sha256-" + digest * 64)
        found = decide(told, replace(seen, tool=tool_), NOON + timedelta(minutes=at)).status
        told = told.model_copy(update={"status": found})

    assert [(a.number, a.outcome, a.because) for a in told.status.attempts] == [
        (1, "Refused", "TrialsFailed: so it is"),
        (2, "Serving", ""),
    ]
    assert [a.at - NOON for a in told.status.attempts] == [timedelta(0), timedelta(minutes=2)]


def test_a_draft_that_another_took_the_place_of_waits_no_more_nor_one_whose_tool_is_gone():
    seen = world(proposal=NOTHING, policy=WITH_MODEL)
    told = planned(seen=seen)
    states = [("AwaitingApproval", "1"), ("AwaitingApproval", "2"), None]
    stories = []
    for state in states:
        tool_ = made(state[0], "False", "Suspended", "Model", "sha256-" + state[1] * 64) if state else None
        found = decide(told, replace(seen, tool=tool_), NOON).status
        told = told.model_copy(update={"status": found})
        stories.append([(a.number, a.outcome) for a in found.attempts])

    assert stories == [
        [(1, "Waiting")],
        [(1, "Superseded"), (2, "Waiting")],
        [(1, "Superseded"), (2, "Superseded")],
    ]
    assert [a.because for a in told.status.attempts] == [
        "attempt 2 took its place", "its GeneratedTool is gone, or no longer this gap's",
    ]  # fmt: skip


def test_a_draft_for_other_words_is_superseded_unless_it_serves():
    old = "fedcba9876543210"
    origin = {"generator": "Template", "gap": "gap-1", "template": "statistics", "plan": old}
    for said, outcome in (
        (made("AwaitingApproval", "False", "Suspended"), "Superseded"),
        (made("Serving", "True"), "Serving"),
    ):
        spec = said.spec.model_copy(
            update={"origin": type(said.spec.origin).model_validate(origin), "requested_by": AUTHOR}
        )
        (told,) = decide(gap(), world(tool=said.model_copy(update={"spec": spec})), NOON).status.attempts
        assert told.outcome == outcome
    assert told.because == ""


def test_it_says_which_gap_it_waits_for_as_long_as_it_does():
    waits = decide(gap(), world(twin=Twin("gap-0")), NOON).status
    freed = decide(gap(status=waits), world(), NOON).status

    assert (waits.same_as, freed.same_as) == ("gap-0", None)


def test_who_asked_in_other_words_is_never_forgotten_and_named_once():
    first = decide(gap(), world(alike=("bob", "alice", "bob")), NOON).status
    later = decide(gap(status=first), world(alike=tuple(f"agent-{n}" for n in range(40))), NOON).status

    assert first.also_asked_by == ("bob",)
    assert later.also_asked_by == ("bob", *(f"agent-{n}" for n in range(31)))
    assert gap(status=later).no_reviewers[:2] == ("alice", "bob")


CALLERS = [{"by": name, "reports": 4, "lastAt": NOON} for name in ("agent-1", "agent-2", "agent-3")]
DEMAND = {"reports": 10, "callers": CALLERS, "firstAt": NOON, "lastAt": NOON}


def test_everybody_who_asked_counts_once():
    asked = gap(requestedBy="gateway", onBehalfOf="agent-1", contributors=["bob"], demand=DEMAND)

    assert asked.askers == ("agent-1", "gateway", "bob", "agent-2", "agent-3")
    assert decide(asked, world(), NOON).status.callers == 5
    assert decide(asked, world(), NOON).status.reports == 10
    assert decide(gap(), world(), NOON).status.reports == 1, "it is there, so somebody asked"


# fmt: off
WEIGHED = [
    ("asked for once",           gap(),                                                     world(),                 "Build", 304),
    ("often, by many",           gap(requestedBy="agent-1", demand=DEMAND),                 world(),                 "Build", 546),
    ("answered by a tool",       gap(demand=DEMAND),                                        world(near=(NEAR,)),     "Reuse", 0),
    ("its own tool serves",      planned(gap(demand=DEMAND)),                               world(tool=made("Serving", "True")), "Reuse", 0),
    ("its own tool waits",       planned(),                                                 world(tool=made("AwaitingApproval", "False", "Suspended")), "Build", 304),
    ("nothing, a tool is near",  gap(),                                                     world(proposal=NOTHING, near=(FAR,)), "Extend", 260),
    ("nothing, and none near",   gap(),                                                     world(proposal=NOTHING), "Build", 304),
    ("an attack",                gap(),                                                     world(proposal=HOSTILE), "None", 304),
    ("closed",                   gap(closed={"because": "no"}, demand=DEMAND),              world(),                 "None", 0),
    ("not judged so far",        gap(),                                                     world(zone=""),          None, 304),
]
# fmt: on


@pytest.mark.parametrize(
    ("of", "seen", "advice", "weight"), [row[1:] for row in WEIGHED], ids=[row[0] for row in WEIGHED]
)
def test_what_is_best_done_and_how_much_it_matters(of, seen, advice, weight):
    found = decide(of, seen, NOON).status

    assert (found.recommendation, found.priority_per_mille) == (advice, weight)


def test_one_that_is_gone_needs_nothing():
    leaving = gap(meta={"deletionTimestamp": "2030-01-01T12:00:00Z"})

    assert decide(None, World(), NOON).status is None
    assert decide(leaving, world(), NOON).status is None
