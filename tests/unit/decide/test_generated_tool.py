"""The life of a GeneratedTool, one row a sentence, and what serves meanwhile."""

from datetime import timedelta

import pytest

from cupel.api import names
from cupel.api.generated_tool_status import GeneratedToolStatus
from cupel.decide.generated_tool import decide
from cupel.decide.plan import Delete
from cupel.decide.tool_world import World

from .builders import (
    NOON,
    PASSED,
    deployed,
    done,
    grown,
    last,
    ledger,
    live,
    pod,
    policy,
    report,
    review,
    revision,
    served,
    summary,
    tool,
    trial,
    world,
)

TOOL = tool()
REV = grown()
D = REV.spec.digest
UP = {"deployments": (deployed(TOOL, REV),), "pods": (pod(REV),)}
FIRST = tool(status=GeneratedToolStatus(versions={"1.0.0": D}))
READY = world(REV, **UP, live=live(TOOL, REV))
SERVED = served(TOOL, REV)

EDITED = tool(code="def run(text: str) -> dict:\n    return {'words': 0}\n", status=SERVED.status)
NEW = grown(EDITED, "2030-01-01T12:00:00Z")
N = NEW.spec.digest
REFUSED = revision(EDITED, "2030-01-01T12:00:00Z", conditions=())
BOTH = {"deployments": (deployed(TOOL, REV), deployed(EDITED, NEW)), "pods": (pod(REV), pod(NEW))}
TOLD = EDITED.model_copy(
    update={"status": EDITED.status.model_copy(update={"versions": {"1.0.0": D, "1.0.1": N}})}
)
SWAPPED = served(EDITED, NEW, world(REV, NEW, **BOTH, live=live(EDITED, NEW)))
LATER = timedelta(seconds=6)


def condemned(*digests: str, approve=(REV, NEW)):
    return ledger({r.spec.digest: review() for r in approve}, dict.fromkeys(digests, "bad"))


def marked(of, digest):
    return of.model_copy(
        update={"metadata": of.metadata.model_copy(update={"annotations": {names.CONDEMN: digest}})}
    )


PARDONED = marked(
    SWAPPED.model_copy(update={"status": SWAPPED.status.model_copy(update={"rollback_obeyed": N})}), N
)
AT_WORK = ["Apply ConfigMap", "Apply Deployment"]
# fmt: off
CASES = [
    # sentence                                       tool     world                                                                stops at                              summary                      serves     does
    ("no zone, no tool",                             TOOL,    World(),                                                             "Accepted=False/NotAServingZone",     "Stalled Ready=False",       None,      []),
    ("no policy, no tool",                           TOOL,    world(policy=None),                                                  "Accepted=False/PolicyNotFound",      "Stalled Ready=False",       None,      []),
    ("a paused policy starts nothing",               TOOL,    world(policy=policy(mode="Paused")),                                 "Accepted=Unknown/Paused",            "Suspended Ready=False",     None,      []),
    ("without admission nothing starts",             TOOL,    world(admission="gone"),                                             "Accepted=Unknown/AdmissionNotReady", "Reconciling Ready=Unknown", None,      []),
    ("a new tool gets its version first",            TOOL,    world(),                                                             "Generated=Unknown/Generating",       "Reconciling Ready=Unknown", None,      []),
    ("a new tool gets its revision",                 FIRST,   world(),                                                             "Generated=Unknown/Generating",       "Reconciling Ready=Unknown", None,      ["Apply ToolRevision"]),
    ("a denied revision says why",                   FIRST,   world(denied={f"ToolRevision/{REV.name}": "already decided"}),       "Generated=False/RevisionDenied",     "Stalled Ready=False",       None,      ["Apply ToolRevision"]),
    ("a fresh revision is waited for",               TOOL,    world(revision()),                                                   "Analyzed=Unknown/Pending",           "Reconciling Ready=Unknown", None,      []),
    ("approval alone starts Pods",                   TOOL,    world(REV),                                                          "Available=Unknown/DeploymentStarting", "Reconciling Ready=Unknown", None,    AT_WORK),
    ("an approval that is gone starts none",         TOOL,    world(REV, approve=False),                                           "Approved=Unknown/ApprovalWithdrawn", "Reconciling Ready=Unknown", None,      []),
    ("Pods that start are waited for",               TOOL,    world(REV, deployments=(deployed(TOOL, REV, complete=False, ready=0),)), "Available=Unknown/PodsStarting",   "Reconciling Ready=Unknown", None,      AT_WORK),
    ("Pods refused by admission say so",             TOOL,    world(REV, deployments=(deployed(TOOL, REV, complete=False, failure="denied"),)), "Available=Unknown/PodsDenied", "Reconciling Ready=Unknown", None, AT_WORK),
    ("a crash loop is refused",                      TOOL,    world(REV, deployments=(deployed(TOOL, REV, complete=False),), pods=(pod(REV, waiting="CrashLoopBackOff"),)), "Available=False/ToolCrashing", "Stalled Ready=False", None, AT_WORK),
    ("a full cluster is said",                       TOOL,    world(REV, deployments=(deployed(TOOL, REV, complete=False),), pods=(pod(REV, unschedulable="0/1 nodes"),)), "Available=Unknown/Unschedulable", "Reconciling Ready=Unknown", None, AT_WORK),
    ("ready Pods are called",                        TOOL,    world(REV, **UP),                                                    "Verified=Unknown/LiveCheck",         "Reconciling Ready=Unknown", None,      [*AT_WORK, "Verify"]),
    ("an unreached Pod is called again",             TOOL,    world(REV, **UP, live=live(TOOL, REV, "Unreached", "timeout")),       "Verified=Unknown/LiveCheck",         "Reconciling Ready=Unknown", None,      [*AT_WORK, "Verify"]),
    ("a live tool that differs is refused",          TOOL,    world(REV, **UP, live=live(TOOL, REV, "Failed", "words: 3")),        "Verified=False/LiveCheckFailed",     "Stalled Ready=False",       None,      AT_WORK),
    ("a live tool that answers serves",              TOOL,    READY,                                                               "Verified=True/LiveCheckPassed",      "Ready=True",                D,         AT_WORK),
    ("a live check is not repeated",                 SERVED,  world(REV, **UP),                                                    "Verified=True/LiveCheckPassed",      "Ready=True",                D,         AT_WORK),
    ("an edit keeps the old one serving",            EDITED,  world(REV, **UP),                                                    "Generated=Unknown/Generating",       "Reconciling Ready=Unknown", D,         AT_WORK),
    ("... and gets its revision with its version",   TOLD,    world(REV, **UP),                                                    "Generated=Unknown/Generating",       "Reconciling Ready=Unknown", D,         ["Apply ToolRevision", *AT_WORK]),
    ("a refused edit keeps the old one serving",     EDITED,  world(REV, REFUSED, **UP),                                           "Analyzed=Unknown/Pending",           "Reconciling Ready=Unknown", D,         AT_WORK),
    ("an approved edit starts beside the old one",   EDITED,  world(REV, NEW, **UP),                                               "Available=Unknown/DeploymentStarting", "Reconciling Ready=Unknown", D,       [*AT_WORK, *AT_WORK]),
    ("the new one takes over when it answers",       EDITED,  world(REV, NEW, **BOTH, live=live(EDITED, NEW)),                     "Verified=True/LiveCheckPassed",      "Ready=True",                N,         AT_WORK),
    ("a failing new one changes nothing",            EDITED,  world(REV, NEW, **BOTH, live=live(EDITED, NEW, "Failed", "no")),     "Verified=False/LiveCheckFailed",     "Stalled Ready=False",       D,         [*AT_WORK, *AT_WORK]),
    ("an invalid edit keeps the old one serving",    EDITED,  world(REV, policy=None, **UP),                                       "Accepted=False/PolicyNotFound",      "Stalled Ready=False",       D,         AT_WORK),
    ("rollback is asked for by annotation",          marked(SWAPPED, N), world(REV, NEW, **BOTH),                                  "Verified=True/LiveCheckPassed",      "Ready=True",                N,         [*AT_WORK, "Condemn"]),
    ("another tool's digest is not condemned",       marked(SWAPPED, "sha256-" + "0" * 64), world(REV, NEW, **BOTH),               "RolledBack=False/RollbackInvalid",   "Stalled Ready=False",       N,         AT_WORK),
    ("a request may carry when it was made",         marked(SWAPPED, f"{N}@2030-01-01T12:00:00Z"), world(REV, NEW, **BOTH),        "Verified=True/LiveCheckPassed",      "Ready=True",                N,         [*AT_WORK, "Condemn"]),
    ("a condemnation the ledger refuses shows",      marked(SWAPPED, N), world(REV, NEW, denied={f"Condemn {N}": "no"}, **BOTH),   "RolledBack=False/CondemnDenied",     "Stalled Ready=False",       N,         [*AT_WORK, "Condemn"]),
    ("... of one that does not serve, too",          marked(SWAPPED, D), world(REV, NEW, denied={f"Condemn {D}": "no"}, **BOTH),   "RolledBack=False/CondemnDenied",     "Stalled Ready=False",       N,         [*AT_WORK, "Condemn"]),
    ("... and holds no better version up",           marked(EDITED, D), world(REV, NEW, denied={f"Condemn {D}": "no"}, **UP),      "RolledBack=False/CondemnDenied",     "Stalled Ready=False",       D,         [*AT_WORK, *AT_WORK, "Condemn"]),
    ("a refusal of long ago does not show",          SWAPPED, world(REV, NEW, denied={f"Condemn {N}": "no"}, **BOTH),              "Verified=True/LiveCheckPassed",      "Ready=True",                N,         AT_WORK),
    ("a refusal that is past does not show",         marked(SWAPPED, N), world(REV, NEW, ledger=condemned(N), denied={f"Condemn {N}": "no"}, **BOTH), "Approved=False/Condemned", "Stalled Ready=False", D,       [*AT_WORK, f"Delete Deployment {NEW.name}", f"Delete Pod {NEW.name}-x"]),
    ("a request that is none shows",                 marked(SWAPPED, "the new one"), world(REV, NEW, **BOTH),                      "RolledBack=False/RollbackInvalid",   "Stalled Ready=False",       N,         AT_WORK),
    ("a pardoned digest is not condemned again",     PARDONED, world(REV, NEW, **BOTH),                                            "Verified=True/LiveCheckPassed",      "Ready=True",                N,         AT_WORK),
    ("... but is by a new request",                  marked(PARDONED, f"{N}@2"), world(REV, NEW, **BOTH),                          "Verified=True/LiveCheckPassed",      "Ready=True",                N,         [*AT_WORK, "Condemn"]),
    ("a deletion that is refused shows",             SWAPPED, world(REV, NEW, ledger=condemned(N), denied={f"Delete Deployment/{NEW.name}": "no"}, **BOTH), "Tidied=False/DeleteDenied", "Stalled Ready=False", D, [*AT_WORK, f"Delete Deployment {NEW.name}", f"Delete Pod {NEW.name}-x"]),
    ("the condemned one goes at once",               SWAPPED, world(REV, NEW, ledger=condemned(N), **BOTH),                        "Approved=False/Condemned",           "Stalled Ready=False",       D,         [*AT_WORK, f"Delete Deployment {NEW.name}", f"Delete Pod {NEW.name}-x"]),
    ("the one before starts again",                  SWAPPED, world(REV, NEW, ledger=condemned(N), deployments=(deployed(EDITED, NEW),)), "Approved=False/Condemned",    "Stalled Ready=False",       None,      [*AT_WORK, f"Delete Deployment {NEW.name}"]),
    ("with nothing left nothing serves",             SWAPPED, world(REV, NEW, ledger=condemned(N, D)),                             "Approved=False/Condemned",           "Stalled Ready=False",       None,      []),
    ("a revoked revision stops",                     SERVED,  world(REV, approve=False, **UP),                                     "Approved=Unknown/ApprovalWithdrawn", "Reconciling Ready=Unknown", None,      [f"Delete Deployment {REV.name}", f"Delete Pod {REV.name}-x"]),
    ("a Pod on its way out by its own spec is hurried", SERVED, world(REV, approve=False, pods=(pod(REV, terminating=True, grace_seconds=30),)), "Approved=Unknown/ApprovalWithdrawn", "Reconciling Ready=Unknown", None, [f"Delete Pod {REV.name}-x"]),
    ("one that was hurried is left to end",          SERVED,  world(REV, approve=False, pods=(pod(REV, terminating=True, grace_seconds=3),)), "Approved=Unknown/ApprovalWithdrawn", "Reconciling Ready=Unknown", None, []),
    ("Pods of a revision that is gone end",          SERVED,  world(pods=(pod(REV),)),                                             "Generated=Unknown/Generating",       "Reconciling Ready=Unknown", None,      ["Apply ToolRevision", f"Delete Pod {REV.name}-x"]),
    ("without admission they end all the same",      SERVED,  world(REV, approve=False, admission="gone", **UP),                   "Accepted=Unknown/AdmissionNotReady", "Reconciling Ready=Unknown", None,      [f"Delete Deployment {REV.name}", f"Delete Pod {REV.name}-x"]),
    ("a ledger that is gone ends them",              SERVED,  world(REV, ledger=None, **UP),                                       "Approved=Unknown/ApprovalWithdrawn", "Reconciling Ready=Unknown", None,      [f"Delete Deployment {REV.name}", f"Delete Pod {REV.name}-x"]),
    ("scaled to nothing waits for a person",         tool(serving={"replicas": 0}), world(REV),                                    "Available=Unknown/ScaledToZero",     "Suspended Ready=False",     None,      AT_WORK),
    ("a tool that is gone leaves no Pod that may not run", None, world(pods=(pod(REV),)),                                            None,                                 None,                        None,      [f"Delete Pod {REV.name}-x"]),
    ("... nor one that is condemned",                None,    world(REV, ledger=condemned(D), pods=(pod(REV),)),                   None,                                 None,                        None,      [f"Delete Pod {REV.name}-x"]),
    ("... nor any without a ledger",                 None,    world(REV, ledger=None, pods=(pod(REV),)),                           None,                                 None,                        None,      [f"Delete Pod {REV.name}-x"]),
    ("... but where no tool serves nothing is ours", None,    world(zone="", pods=(pod(REV),)),                                    None,                                 None,                        None,      []),
    ("... one that was hurried is left to end",      None,    world(pods=(pod(REV, terminating=True, grace_seconds=3),)),          None,                                 None,                        None,      []),
    ("... and one that may run goes with its owner", None,    world(REV, pods=(pod(REV),)),                                        None,                                 None,                        None,      []),
    ("a tool that is gone leaves nothing",           None,    World(leftovers=(Delete("v1", "Pod", "sandbox", "p", "u"),)),        None,                                 None,                        None,      ["Delete Pod p"]),
]
# fmt: on


@pytest.mark.parametrize(
    ("of", "seen", "stops_at", "sums_up", "serves", "does"), [c[1:] for c in CASES], ids=[c[0] for c in CASES]
)
def test_one_pass(of, seen, stops_at, sums_up, serves, does):
    plan = decide(of, seen, NOON)

    assert done(plan) == does
    if of is not None:
        serving = plan.status.serving
        assert (last(plan), summary(plan), serving.digest if serving else None) == (stops_at, sums_up, serves)


@pytest.mark.parametrize(("of", "seen"), [c[1:3] for c in CASES if c[1]], ids=[c[0] for c in CASES if c[1]])
def test_no_gate_reads_the_conditions_it_said_before(of, seen):
    first = decide(of, seen, NOON)
    silent = of.status.model_copy(update={"conditions": ()})
    for status in (silent, silent.model_copy(update={"conditions": first.status.conditions})):
        plan = decide(of.model_copy(update={"status": status}), seen, NOON)
        said = {"conditions": first.status.conditions}
        assert (plan.actions, plan.revisit) == (first.actions, first.revisit)
        assert plan.status.model_copy(update=said) == first.status


@pytest.mark.parametrize(("of", "seen"), [c[1:3] for c in CASES if c[1]], ids=[c[0] for c in CASES if c[1]])
def test_a_second_look_at_the_same_world_changes_nothing(of, seen):
    numbered = of.model_copy(update={"status": decide(of, seen, NOON).status})
    first = decide(numbered, seen, NOON)
    remembered = numbered.model_copy(update={"status": first.status})

    assert decide(remembered, seen, NOON + timedelta(seconds=3)).status == first.status


def test_the_old_deployment_goes_once_the_takeover_is_stored_and_drained():
    seen = world(REV, NEW, **BOTH)

    assert done(decide(SWAPPED, seen, NOON + timedelta(seconds=1))) == AT_WORK
    assert done(decide(SWAPPED, seen, NOON + LATER)) == [*AT_WORK, f"Delete Deployment {REV.name}"]


def test_the_message_says_what_serves_meanwhile():
    plan = decide(EDITED, world(REV, REFUSED, **UP), NOON)

    assert plan.status.conditions[-1].message.endswith(f"revision {REV.name} serves meanwhile")


def test_a_request_is_remembered_once_the_ledger_holds_it():
    asked = marked(SWAPPED, f"{N}@1")
    before = decide(asked, world(REV, NEW, **BOTH), NOON).status
    after = decide(asked, world(REV, NEW, ledger=condemned(N), **BOTH), NOON).status

    assert (before.rollback_obeyed, after.rollback_obeyed) == (None, f"{N}@1")
    assert decide(PARDONED, world(REV, NEW, **BOTH), NOON).status.rollback_obeyed == N, (
        "as long as it is there"
    )
    assert decide(marked(PARDONED, ""), world(REV, NEW, **BOTH), NOON).status.rollback_obeyed is None


def test_an_operator_killed_between_ledger_and_status_remembers_when_it_comes_back():
    """The ledger holds the digest, the status does not say so yet; nothing is written twice."""
    asked = marked(SWAPPED, f"{N}@1")
    plan = decide(asked, world(REV, NEW, ledger=condemned(N), **BOTH), NOON)

    assert "Condemn" not in done(plan) and plan.status.rollback_obeyed == f"{N}@1"


def test_a_full_ledger_says_who_must_do_what():
    full = condemned(*(f"sha256-{n:064x}" for n in range(2000)))
    seen = world(REV, NEW, ledger=full, denied={f"Condemn {N}": "must have at most 2000 items"}, **BOTH)
    ready = decide(marked(SWAPPED, N), seen, NOON).status.conditions[-1]

    assert ready.reason == "CondemnDenied"
    for part in (
        "holds 2000 digests",
        "verb pardon",
        f"kubectl cupel revoke word-count --digest {N} -n tools",
    ):
        assert part in ready.message
    assert ready.message.endswith(f"revision {NEW.name} serves meanwhile")


def test_the_last_places_are_kept_for_what_people_decided_about():
    """Whoever may edit a tool has a revision for each edit, and could fill the ledger with what never ran."""
    asked = marked(EDITED, N)
    junk = [f"sha256-{n:064x}" for n in range(1000)]

    def seen(known, *approve):
        return decide(asked, world(REV, NEW, ledger=condemned(*known, approve=approve)), NOON)

    assert "Condemn" in done(seen(junk[1:], REV)), "there is room"
    assert "Condemn" in done(seen(junk, REV, NEW)), "it may run"
    kept = seen(junk, REV)
    assert "Condemn" not in done(kept)
    found = next(c for c in kept.status.conditions if c.type == "RolledBack")
    assert (found.status, found.reason) == ("False", "RollbackInvalid")
    assert (
        "nobody decided about it, so it runs nowhere" in found.message
        and "kubectl cupel reject" in found.message
    )


def test_a_condemnation_refused_for_another_reason_gives_the_servers_words():
    seen = world(REV, NEW, denied={f"Condemn {N}": "approvalledgers/status is forbidden"}, **BOTH)

    assert (
        "approvalledgers/status is forbidden"
        in decide(marked(SWAPPED, N), seen, NOON).status.conditions[-1].message
    )


def test_a_tool_that_serves_stays_ready_though_something_old_cannot_be_deleted():
    stuck = {f"Delete Deployment/{REV.name}": "a webhook says no"}
    plan = decide(SWAPPED, world(REV, NEW, denied=stuck, **BOTH), NOON + LATER)

    assert last(plan) == "Tidied=False/DeleteDenied" and summary(plan) == "Ready=True"
    assert f"Deployment tools/{REV.name}: a webhook says no" in plan.status.conditions[-2].message


def test_without_admission_not_even_the_keeper_is_applied():
    plan = decide(EDITED, world(REV, admission="policy gone", **UP), NOON)

    assert done(plan) == [] and plan.status.serving.digest == D


def test_denied_pods_are_nudged_when_the_ledger_changes():
    def mark(book):
        seen = world(REV, ledger=book, deployments=(deployed(TOOL, REV, complete=False, failure="denied"),))
        template = decide(TOOL, seen, NOON).actions[1].manifest["spec"]["template"]
        return template["metadata"]["annotations"][names.NUDGED]

    assert mark(ledger({D: review()})) != mark(ledger({D: review("carol")}))


def test_healthy_pods_are_not_touched_when_the_ledger_changes():
    def template(book):
        return decide(SERVED, world(REV, ledger=book, **UP), NOON).actions[1].manifest["spec"]["template"]

    assert template(ledger({D: review()})) == template(ledger({D: review("carol")}))


def test_retention_keeps_the_newest():
    past = tuple(
        grown(tool(code=f"# {n}\ndef run(text): return {{}}\n"), f"2030-01-01T0{n}:00:00Z") for n in range(4)
    )
    seen = world(REV, *past, policy=policy(retention={"revisions": 2}), **UP)
    before = SERVED.model_copy(update={"status": SERVED.status.model_copy(update={"versions": {}})})
    plan = decide(before, seen, NOON)
    assert not [d for d in done(plan) if d.startswith("Delete")], "none before its version is stored"

    plan = decide(SERVED.model_copy(update={"status": plan.status}), seen, NOON)
    assert [d for d in done(plan) if d.startswith("Delete")] == [
        f"Delete ToolRevision {r.name}" for r in (past[1], past[0])
    ]


def test_repeated_checks_are_asked_for_and_a_failing_one_shows():
    of = tool(
        examples=[
            {"name": "two-words", "arguments": {"text": "a b"}, "result": {"words": 2}, "liveCheck": "Always"}
        ]
    )
    rev = grown(of)
    seen = world(rev, deployments=(deployed(of, rev),), pods=(pod(rev),), live=live(of, rev))
    plan = decide(of, seen, NOON)
    assert done(plan) == [*AT_WORK, "Verify"] and summary(plan) == "Ready=True"

    broken = World(**(seen.__dict__ | {"repeated": live(of, rev, "Failed", "words: 3")}))
    assert last(decide(of, broken, NOON + timedelta(seconds=1))) == "Verified=Unknown/LiveCheckFailing"


def test_nothing_serves_meanwhile_where_no_pod_is_wanted():
    stopped = tool(serving={"replicas": 0}, status=SERVED.status)
    message = decide(stopped, world(REV, **UP), NOON).status.conditions[-1].message

    assert message == "`spec.serving.replicas` is 0: nothing serves"


@pytest.mark.parametrize("length", [63, 64, 65, 70, 253])
def test_a_name_of_any_length_gets_a_status_the_api_server_stores(length):
    plan = decide(tool("n" * length), world(), NOON)

    assert GeneratedToolStatus.model_validate(plan.status.model_dump(by_alias=True)) == plan.status
    assert plan.status.conditions[0].reason == ("Accepted" if length == 63 else "NameInvalid")


def test_builders_are_honest():
    assert REV.status.conditions[-1].status == "True" and PASSED.verdict == "Passed"
    assert trial(REV).harness.message == report(REV, trial(REV).name)
