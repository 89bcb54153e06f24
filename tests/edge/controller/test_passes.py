"""One pass against a fake API server: act, write one status, tell what became true, and come back when told to."""

from __future__ import annotations

import asyncio
import copy
import json
import logging
import sys
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import ValidationError
from tests.edge.kube.fake_server import Answer, FakeServer
from tests.unit.decide.builders import report

from cupel.analysis import ANALYSER
from cupel.api.bundle import bundle_of
from cupel.api.generated_tool import GeneratedTool
from cupel.api.tool_revision import AnalysisEvidence, ToolRevision
from cupel.controller.passes import Passes
from cupel.controller.senses import Senses
from cupel.controller.telling import Telling
from cupel.controller.wake import all_keys, concerned
from cupel.controller.workqueue import Key, WorkQueue
from cupel.decide import desired, generated_tool
from cupel.decide.asked import asked_by
from cupel.decide.plan import Analyze, Apply, Verify
from cupel.kube import observe
from cupel.kube.act import Hands
from cupel.kube.cluster import Change, Cluster
from cupel.kube.connect import FRAMES
from cupel.kube.evidence import Evidence
from cupel.kube.observe import Sight
from cupel.kube.recorder import Note
from cupel.kube.resources import (
    APPROVAL_LEDGER,
    AUTONOMY_POLICY,
    CONFIG_MAP,
    GENERATED_TOOL,
    NAMESPACE,
    POD,
    TOOL_POLICY,
    TOOL_REVISION,
)
from cupel.telemetry.metrics import Metrics
from cupel.telemetry.tracing import Tracing

NOON = datetime(2030, 1, 1, 12, tzinfo=UTC)
TOOL_KEY = Key("GeneratedTool", "tools", "t")
SPEC = {
    "description": "d",
    "interface": {"inputSchema": {"type": "object"}, "outputSchema": {"type": "object"}},
    "examples": [{"name": "e", "result": {}}],
    "source": {"type": "Inline", "inline": {"code": "def run():\n    return {}\n"}},
    "requestedBy": "alice",
}


def thing(kind: str, name: str, version: int, spec: Any = None, **labels: str) -> dict[str, Any]:
    marks = {f"cupel.dev/{key}": value for key, value in labels.items()}
    metadata = {"name": name, "namespace": "tools", "uid": f"uid-{name}", "generation": 1, "labels": marks}
    metadata |= {"resourceVersion": str(version), "creationTimestamp": "2030-01-01T11:59:00Z"}
    body = {"apiVersion": "cupel.dev/v1alpha1", "kind": kind, "metadata": metadata, "spec": spec}
    return body | {"status": {"versions": numbered(body)}} if kind == "GeneratedTool" else body


def numbered(body: dict[str, Any]) -> dict[str, str]:
    """As after the pass that gave its content a version, where it is content."""
    try:
        digest = asked_by(GeneratedTool.parse(body)).digest
    except ValidationError:
        return {}
    return {"1.0.0": digest} if digest else {}


class Notes:
    """Takes what would become Events."""

    def __init__(self) -> None:
        self.notes: list[Note] = []

    def record(self, note: Callable[[], Note]) -> None:
        self.notes.append(note())


class Desk:
    """Everything a pass needs, over a fake server that stores what it is given."""

    def __init__(self, server: FakeServer, admission: str = "") -> None:
        self.server = server
        self.client = server.client()
        self.queue = WorkQueue()
        self.evidence = Evidence()
        self.cluster = Cluster(
            lambda change: [self.queue.add(key) for key in concerned(self.cluster, change)]
        )
        self.metrics = Metrics()
        self.notes = Notes()
        self.sight = Sight(self.cluster, self.evidence, "image", ("10.0.0.1:443",), lambda *_: admission)
        self.asked: list[Analyze | Verify] = []
        senses = Senses(
            self.evidence, self.analyze, self.verify, (2, 2), self.queue.add, self.failed, lambda: NOON
        )
        telling = Telling(self.notes, self.metrics, Tracing(None, "x"), self.tool)  # type: ignore[arg-type]
        hands = Hands(self.client, self.cluster, self.evidence)
        self.passes = Passes(
            self.queue, self.sight, hands, senses, telling, self.metrics, lambda: NOON, lambda: None
        )

    def tool(self, namespace: str, name: str) -> Any:
        return observe.tool(self.sight, namespace, name)

    async def analyze(self, action: Analyze) -> AnalysisEvidence:
        self.asked.append(action)
        return AnalysisEvidence(analyser=ANALYSER, verdict="Accepted")

    async def verify(self, action: Verify) -> Any:
        raise AssertionError("nothing serves here")

    def failed(self, key: Key, error: BaseException) -> None:
        raise error

    def zone(self) -> None:
        zone = thing("Namespace", "tools", 1, zone="serving", sandbox="box")
        box = thing("Namespace", "box", 2, zone="sandbox")
        for body in (zone, box):
            body["metadata"]["namespace"] = ""
            self.cluster.take(NAMESPACE, body)
        self.cluster.take(TOOL_POLICY, thing("ToolPolicy", "default", 3, {}))
        floors = {"withoutEgress": 1, "withEgress": 2}
        ledger = {"floors": floors, "separation": "TwoPeople"}
        self.cluster.take(APPROVAL_LEDGER, thing("ApprovalLedger", "ledger", 4, ledger))

    def see_tool(self, version: int = 5, **spec: Any) -> None:
        self.cluster.take(GENERATED_TOOL, thing("GeneratedTool", "t", version, SPEC | spec))

    def reasons(self) -> list[str]:
        return [note.reason for note in self.notes.notes]


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    async with FakeServer() as server:
        found = Desk(server)
        yield found
        await found.client.close()


def stored(body: dict[str, Any], version: int) -> Answer:
    kept = copy.deepcopy(body)
    kept["metadata"] |= {"resourceVersion": str(version), "uid": "uid-x", "generation": 1}
    return Answer(200, kept)


async def test_a_refused_tool_is_written_once_told_once_and_then_left_alone(desk: Desk) -> None:
    desk.see_tool()  # in no zone
    body = thing("GeneratedTool", "t", 5, SPEC)
    desk.server.script.append(Answer(200, body | {"metadata": body["metadata"] | {"resourceVersion": "6"}}))
    assert await desk.passes.one(TOOL_KEY) == "changed"
    sent = desk.server.asked[0]

    assert (sent.method, sent.path.split("?")[0].rsplit("/", 2)[1:]) == ("PUT", ["t", "status"])
    assert sent.body["metadata"]["resourceVersion"] == "5", "only if it is still as we read it"
    desk.cluster.take(GENERATED_TOOL, body | {"metadata": body["metadata"] | {"resourceVersion": "7"}, "status": sent.body["status"]})  # fmt: skip
    assert await desk.passes.one(TOOL_KEY) == "unchanged"
    assert len(desk.server.asked) == 1
    assert desk.reasons() == ["NotAServingZone", "NotAServingZone"], "the gate, and Ready"
    assert {note.type for note in desk.notes.notes} == {"Warning"}


async def test_nothing_is_told_before_it_is_stored(desk: Desk) -> None:
    desk.see_tool()
    desk.server.script.append(Answer(409, {"message": "conflict"}))
    await desk.queue.take()
    await desk.passes._guarded(TOOL_KEY)

    assert desk.notes.notes == []
    assert desk.metrics.passes.labels("GeneratedTool", "weather")._value.get() == 1
    assert TOOL_KEY in desk.queue._timers, "and it comes back by itself"


async def test_a_tool_deleted_under_our_hands_is_no_mistake(desk: Desk) -> None:
    desk.see_tool()
    desk.server.script.append(Answer(404, {"message": "not found"}))
    await desk.queue.take()
    await desk.passes._guarded(TOOL_KEY)

    assert desk.metrics.passes.labels("GeneratedTool", "weather")._value.get() == 1
    assert desk.notes.notes == []


async def test_a_denied_object_becomes_a_reason_with_the_servers_words(desk: Desk) -> None:
    desk.zone()
    desk.see_tool()
    said = "admission policy says: the requester already decided"
    desk.server.script.append(Answer(403, {"message": said}))
    await desk.passes.one(TOOL_KEY)
    world = observe.generated_tool(desk.sight, "tools", "t")
    desk.server.script.append(Answer(403, {"message": said}))
    await desk.passes.one(TOOL_KEY)
    status = desk.server.asked[-1].body["status"]

    assert list(world.denied.values()) == [said]
    assert [c["reason"] for c in status["conditions"] if c["type"] == "Generated"] == ["RevisionDenied"]
    assert "RevisionDenied" in desk.reasons()
    assert b'cupel_generation_failures_total{reason="RevisionDenied"} 1.0' in desk.metrics.text()


def rolled_back_by_annotation(desk: Desk) -> str:
    """A tool with its revision, and a request to condemn it; answers the digest."""
    desk.zone()
    body = thing("GeneratedTool", "t", 5, SPEC)
    desk.cluster.take(GENERATED_TOOL, body)
    revision = desk_revision(desk)
    desk.cluster.take(TOOL_REVISION, revision)
    digest: str = revision["spec"]["digest"]
    body["metadata"] |= {"annotations": {"cupel.dev/condemn": f"{digest}@1"}, "resourceVersion": "6"}
    desk.cluster.take(GENERATED_TOOL, body)
    return digest


def stored_status(desk: Desk, version: int) -> Answer:
    """The answer to a status write that changes nothing else."""
    found = desk.cluster[GENERATED_TOOL].get("tools", "t")
    assert found is not None
    body = found.body()
    body["metadata"]["resourceVersion"] = str(version)
    return Answer(200, body)


async def test_a_condemnation_the_server_refuses_is_a_reason_and_an_event_and_ends_no_pass(
    desk: Desk,
) -> None:
    digest = rolled_back_by_annotation(desk)
    said = "status.condemned: Too many: 2001: must have at most 2000 items"
    for version in (7, 8):
        desk.server.script += [Answer(422, {"message": said}), stored_status(desk, version)]
        assert await desk.passes.one(TOOL_KEY) == "changed"
    patch, status = desk.server.asked[-2:]
    ready = status.body["status"]["conditions"][-1]

    assert list(patch.body["status"]["condemned"]) == [digest]
    assert (ready["type"], ready["status"], ready["reason"]) == ("Ready", "False", "CondemnDenied")
    assert said in ready["message"]
    told = [(note.type, note.action) for note in desk.notes.notes if note.reason == "CondemnDenied"]
    assert ("Warning", "RollBack") in told
    standing = b'cupel_tool_gate{gate="RolledBack",namespace="tools",reason="CondemnDenied"} 1.0'
    assert standing in _sorted(desk), "not at the gate it would otherwise wait at"
    assert TOOL_KEY not in desk.queue._timers, "what waits for a person is not tried again and again"


async def test_a_condemnation_that_goes_through_ends_the_refusal(desk: Desk) -> None:
    digest = rolled_back_by_annotation(desk)
    desk.evidence.denied(tuple(TOOL_KEY), f"Condemn {digest}", "full")  # type: ignore[arg-type]
    ledger = thing(
        "ApprovalLedger",
        "ledger",
        9,
        {"floors": {"withoutEgress": 1, "withEgress": 2}, "separation": "TwoPeople"},
    )
    ledger["status"] = {"condemned": {digest: "rolled back"}}
    desk.server.script += [Answer(200, ledger), stored_status(desk, 7), stored_status(desk, 8)]
    await desk.passes.one(TOOL_KEY)
    await desk.passes.one(TOOL_KEY)
    status = desk.server.asked[-1].body["status"]

    assert status["rollbackObeyed"] == f"{digest}@1"
    assert not any(c["type"] == "RolledBack" for c in status["conditions"])
    assert desk.evidence.denials[tuple(TOOL_KEY)] == {}  # type: ignore[index]


def test_a_refusal_in_other_words_is_kept_and_is_no_news() -> None:
    """A webhook may put a number of its own into each answer; a pass must not chase it without pause."""
    evidence, subject = Evidence(), ("GeneratedTool", "tools", "t")

    assert evidence.denied(subject, "Pod/p", "no, request 1")
    assert not evidence.denied(subject, "Pod/p", "no, request 2")
    assert evidence.denials[subject] == {"Pod/p": "no, request 2"}
    assert evidence.denied(subject, "Pod/p", "") and not evidence.denied(subject, "Pod/p", "")


async def test_a_deletion_the_server_refuses_is_a_condition_and_the_rest_is_done(desk: Desk) -> None:
    desk.zone()
    desk.see_tool()
    revision = desk_revision(desk)
    done = {
        "run": "r",
        "image": "image",
        "attempt": 0,
        "verdict": "Passed",
        "reason": "TrialsPassed",
        "message": "",
        "finishedAt": "2030-01-01T11:59:00Z",
    }
    revision["status"] = {"analysis": {"analyser": ANALYSER, "verdict": "Accepted"}, "validation": done}
    desk.cluster.take(TOOL_REVISION, revision)
    name = revision["metadata"]["name"]
    for pod in ("p", "q"):
        body = thing("Pod", pod, 30, {}, tool="t", revision=name, **{"serving-namespace": "tools"})
        body["metadata"]["namespace"] = "box"
        desk.cluster.take(POD, body)
    key = Key("ToolRevision", "tools", name)
    for version in (31, 32):
        revision = copy.deepcopy(revision)
        revision["metadata"]["resourceVersion"] = str(version)
        desk.server.script += [
            Answer(403, {"message": "pods is forbidden"}),
            Answer(200, {}),
            Answer(200, revision),
        ]
        await desk.passes.one(key)
    status = desk.server.asked[-1].body["status"]

    assert [asked.method for asked in desk.server.asked] == ["DELETE", "DELETE", "PUT"] * 2
    assert next(c["message"] for c in status["conditions"] if c["reason"] == "DeleteDenied").startswith(
        "the API server refuses to delete Pod box/p: pods is forbidden"
    )
    assert "DeleteDenied" in desk.reasons()


async def test_a_deletion_refused_for_a_tool_that_is_gone_is_told_in_log_and_metric(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    desk.zone()
    body = thing("Pod", "p", 30, {}, tool="t", **{"serving-namespace": "tools"})
    body["metadata"]["namespace"] = "box"
    desk.cluster.take(POD, body)
    desk.server.script.append(Answer(403, {"message": "pods is forbidden"}))
    while await desk.queue.take() != TOOL_KEY:
        pass
    with caplog.at_level(logging.WARNING):
        await desk.passes._guarded(TOOL_KEY)

    assert "pods is forbidden" in caplog.text
    assert desk.metrics.passes.labels("GeneratedTool", "denied")._value.get() == 1


async def test_what_is_as_wanted_already_costs_no_call(desk: Desk) -> None:
    desk.zone()
    desk.see_tool()
    desk.server.script.append(Answer(500, {}))
    await desk.passes._guarded(TOOL_KEY)
    revision = desk.server.asked[0].body
    assert revision["kind"] == "ToolRevision"
    revision["metadata"] |= {"resourceVersion": "9", "uid": "u", "generation": 1}
    desk.cluster.take(TOOL_REVISION, revision)
    before = len(desk.server.asked)
    wanted = {key: value for key, value in revision.items() if key != "status"}
    wanted["metadata"] = {
        k: v for k, v in revision["metadata"].items() if k in ("name", "namespace", "labels")
    }
    for _ in range(2):  # compared, then recognised
        assert await desk.passes.hands.apply(Apply(wanted), tuple(TOOL_KEY)) is False  # type: ignore[arg-type]
    assert len(desk.server.asked) == before
    desk.server.script.append(stored(revision, 11))
    other = copy.deepcopy(wanted) | {"spec": wanted["spec"] | {"requestedBy": "bob"}}
    await desk.passes.hands.apply(Apply(other), tuple(TOOL_KEY))  # type: ignore[arg-type]
    assert len(desk.server.asked) == before + 1, "another manifest is not recognised"


async def test_an_answer_found_out_wakes_who_asked(desk: Desk) -> None:
    desk.zone()
    desk.see_tool()
    revision = desk_revision(desk)
    desk.cluster.take(TOOL_REVISION, revision)
    key = Key("ToolRevision", "tools", revision["metadata"]["name"])
    desk.server.script.append(stored(revision, 20))
    await desk.passes.one(key)
    await desk.passes.one(key)  # asked again while it is under way
    async with asyncio.timeout(5):
        while not desk.evidence.analyses:
            await asyncio.sleep(0)
    assert len(desk.asked) == 1
    async with asyncio.timeout(5):
        while await desk.queue.take() != key:
            pass


def desk_revision(desk: Desk) -> dict[str, Any]:
    tool = desk.tool("tools", "t")
    manifest = desired.revision(tool, bundle_of(tool), "1.0.0")
    manifest["metadata"] |= {"resourceVersion": "10", "uid": "u-rev", "generation": 1}
    return json.loads(json.dumps(manifest))


async def test_a_mistake_of_ours_is_told_with_its_traceback_and_stops_nothing(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    desk.cluster.take(GENERATED_TOOL, thing("GeneratedTool", "t", 5, {"nonsense": True}))
    await desk.queue.take()
    with caplog.at_level(logging.ERROR):
        await desk.passes._guarded(TOOL_KEY)

    assert caplog.records[0].exc_info is not None
    assert desk.metrics.passes.labels("GeneratedTool", "bug")._value.get() == 1
    assert TOOL_KEY in desk.queue._timers


async def test_what_a_gone_tool_left_is_deleted_in_the_sandbox_and_where_it_may_not_run(desk: Desk) -> None:
    desk.zone()
    for kind, place, name in (
        (POD, "box", "p"),
        (CONFIG_MAP, "box", "c"),
        (POD, "other", "q"),
        (CONFIG_MAP, "tools", "r"),
        (POD, "tools", "s"),
    ):
        body = thing(kind.name, name, 30, {}, tool="t", revision="t-1", **{"serving-namespace": "tools"})
        body["metadata"]["namespace"] = place
        desk.cluster.take(kind, body)
    assert TOOL_KEY in set(all_keys(desk.cluster))
    await desk.passes.one(TOOL_KEY)

    gone = [(asked.method, asked.path, asked.body["preconditions"]["uid"]) for asked in desk.server.asked]
    assert gone == [
        ("DELETE", "/api/v1/namespaces/box/pods/p", "uid-p"),
        ("DELETE", "/api/v1/namespaces/box/configmaps/c", "uid-c"),
        ("DELETE", "/api/v1/namespaces/tools/pods/s", "uid-s"),
    ]
    ledger = desk.cluster[APPROVAL_LEDGER].get("tools", "ledger")
    assert ledger is not None
    assert TOOL_KEY in set(concerned(desk.cluster, Change(APPROVAL_LEDGER, ledger))), (
        "what it says may end Pods"
    )


async def test_where_tools_stand_is_a_metric_until_they_are_gone(desk: Desk) -> None:
    desk.see_tool()
    desk.server.script.append(Answer(200, thing("GeneratedTool", "t", 6, SPEC)))
    await desk.passes.one(TOOL_KEY)
    assert b'cupel_tool_gate{gate="Accepted",namespace="tools",reason="NotAServingZone"} 1.0' in _sorted(desk)
    desk.cluster.gone(GENERATED_TOOL, thing("GeneratedTool", "t", 9, SPEC))
    await desk.passes.one(TOOL_KEY)
    assert b"NotAServingZone" not in desk.metrics.text()


async def idle(desk: Desk) -> set[Key]:
    """The keys that want a pass; taken, so that none is left."""
    found = set()
    while len(desk.queue):
        found.add(key := await desk.queue.take())
        desk.queue.done(key)
    return found


async def test_a_write_that_settles_an_object_wakes_nobody(desk: Desk) -> None:
    desk.zone()
    desk.see_tool()
    desk.cluster.take(TOOL_REVISION, desk_revision(desk))
    await idle(desk)
    desk.server.script.append(decided_status(desk, 20))
    assert await desk.passes.one(TOOL_KEY) == "changed"
    rev_key = Key("ToolRevision", "tools", desk_revision(desk)["metadata"]["name"])
    assert await idle(desk) == {rev_key}, "which goes by the digest the tool names now"

    policy = thing("ToolPolicy", "default", 30, {"mode": "Paused"})
    desk.cluster.take(TOOL_POLICY, policy)
    await idle(desk)
    desk.server.script.append(decided_status(desk, 40))
    assert await desk.passes.one(TOOL_KEY) == "changed"
    assert await idle(desk) == set(), "only conditions moved"


def decided_status(desk: Desk, version: int) -> Answer:
    """What the server answers to the next status write: the tool with what that pass decides."""
    tool = desk.tool("tools", "t")
    world = observe.generated_tool(desk.sight, "tools", "t")
    body = thing("GeneratedTool", "t", version, SPEC)
    return Answer(200, body | {"status": generated_tool.decide(tool, world, NOON).status.wire()})


async def test_a_verdict_that_was_stored_brings_the_pass_that_tidies_up(desk: Desk) -> None:
    desk.zone()
    desk.see_tool()
    analysed = {"analyser": ANALYSER, "verdict": "Accepted"}
    body = desk_revision(desk) | {"status": {"analysis": analysed}}
    desk.cluster.take(TOOL_REVISION, body)
    key = Key("ToolRevision", "tools", body["metadata"]["name"])
    rev = observe.revision(desk.sight, "tools", key.name)
    assert rev is not None
    desk.cluster.take(POD, trial_that_passed(rev))
    await idle(desk)
    desk.server.script.append(stored(body, 50))
    assert await desk.passes.one(key) == "changed"
    assert key in await idle(desk)


def trial_that_passed(rev: ToolRevision) -> dict[str, Any]:
    name = desired.trial_name(rev, 0, 0)
    marks = {"tool": "t", "revision": rev.name, "serving-namespace": "tools"}
    body = thing("Pod", name, 45, {"containers": [{"name": "tool", "image": "image"}]}, **marks)
    body["metadata"]["namespace"] = "box"
    ended = {"terminated": {"exitCode": 0, "message": report(rev, name)}}
    body["status"] = {"phase": "Succeeded", "containerStatuses": [{"name": "harness", "state": ended}]}
    return body


async def test_a_write_is_one_log_line_with_every_transition(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    desk.see_tool()  # in no zone
    desk.server.script.append(Answer(200, thing("GeneratedTool", "t", 6, SPEC)))
    with caplog.at_level(logging.INFO, "cupel.gates"):
        await desk.passes.one(TOOL_KEY)
    lines = [record for record in caplog.records if record.name == "cupel.gates"]
    fields = vars(lines[0])["fields"]

    assert len(lines) == 1 and lines[0].levelname == "WARNING"
    assert {name: one["reason"] for name, one in fields["transitions"].items()} == {
        "Accepted": "NotAServingZone",
        "Ready": "NotAServingZone",
    }
    assert (fields["condition"], fields["status"], fields["reason"]) == ("Ready", "False", "NotAServingZone")
    assert lines[0].getMessage() == fields["transitions"]["Ready"]["message"]


def test_what_a_spec_asks_for_is_worked_out_anew_for_each_generation(desk: Desk) -> None:
    desk.zone()
    desk.see_tool()
    first = observe.generated_tool(desk.sight, "tools", "t")
    edited = thing("GeneratedTool", "t", 6, SPEC | {"description": "another"})
    edited["metadata"]["generation"] = 2
    desk.cluster.take(GENERATED_TOOL, edited)
    second = observe.generated_tool(desk.sight, "tools", "t")

    assert first.asked is not None and second.asked is not None
    assert first.asked.digest != second.asked.digest == asked_by(desk.tool("tools", "t")).digest


def _sorted(desk: Desk) -> bytes:
    """The exposition, with the labels of each line in order."""
    lines = []
    for line in desk.metrics.text().splitlines():
        head, brace, rest = line.partition(b"{")
        labels, _, value = rest.partition(b"} ")
        lines.append(head + brace + b",".join(sorted(labels.split(b","))) + b"} " + value if brace else line)
    return b"\n".join(lines)


def test_a_change_wakes_those_it_concerns(desk: Desk) -> None:
    desk.zone()
    desk.see_tool()
    revision = desk_revision(desk)
    desk.cluster.take(TOOL_REVISION, revision)
    rev_key = Key("ToolRevision", "tools", revision["metadata"]["name"])
    both = {TOOL_KEY, rev_key}

    def woken(kind: Any, namespace: str, name: str) -> set[Key]:
        one = desk.cluster[kind].get(namespace, name)
        assert one is not None
        return set(concerned(desk.cluster, Change(kind, one)))

    assert woken(GENERATED_TOOL, "tools", "t") == both
    assert woken(TOOL_REVISION, "tools", rev_key.name) == both
    assert woken(APPROVAL_LEDGER, "tools", "ledger") == both
    assert woken(NAMESPACE, "", "box") == both, "the sandbox of their zone"
    assert woken(TOOL_POLICY, "tools", "default") == both | {Key("ToolPolicy", "tools", "default")}

    known = desk.cluster[GENERATED_TOOL].get("tools", "t")
    assert known is not None
    same = Change(GENERATED_TOOL, known, before=known)
    assert set(concerned(desk.cluster, same)) == {TOOL_KEY}, "nothing others go by"
    assert set(concerned(desk.cluster, replace(same, by=TOOL_KEY))) == set(), "whoever wrote it knows"
    moved = Change(GENERATED_TOOL, known, before=replace(known, outward="otherwise"), by=TOOL_KEY)
    assert set(concerned(desk.cluster, moved)) == {rev_key}


@pytest.mark.parametrize(
    ("spec", "status", "name", "kinds"),
    [
        ({}, {"tools": 1}, "default", set()),
        ({"mode": "Paused"}, {}, "default", {"GeneratedTool"}),
        ({"maxReplicas": 1}, {}, "default", {"GeneratedTool"}),
        ({"approvals": {"low": 0}}, {}, "default", {"GeneratedTool", "ToolRevision"}),
        ({"validation": {"timeoutSeconds": 3}}, {}, "default", {"GeneratedTool", "ToolRevision"}),
        ({"approvals": {"low": 0}}, {}, "other", set()),
    ],
    ids=[
        "its status",
        "its mode",
        "its other bounds",
        "its approvals",
        "its trials' limits",
        "another policy",
    ],
)
def test_a_policy_wakes_the_tools_that_name_it_and_revisions_only_by_what_they_read(
    desk: Desk, spec: dict[str, Any], status: dict[str, Any], name: str, kinds: set[str]
) -> None:
    desk.zone()
    desk.see_tool()
    desk.cluster.take(TOOL_REVISION, desk_revision(desk))
    desk.cluster.take(TOOL_POLICY, thing("ToolPolicy", name, 20, {"mode": "Active"}))
    changes: list[Change] = []
    desk.cluster.changed = changes.append
    body = thing("ToolPolicy", name, 21, {"mode": "Active"} | spec) | {"status": status}
    desk.cluster.take(TOOL_POLICY, body)
    woken = {key.kind for key in concerned(desk.cluster, changes[0])}
    assert woken == kinds | {"ToolPolicy"}


def test_an_autonomy_policy_wakes_the_tool_it_flies_by_what_it_asks_for_alone(desk: Desk) -> None:
    flown = {"targetRef": {"kind": "GeneratedTool", "name": "t"}}
    desk.cluster.take(AUTONOMY_POLICY, thing("AutonomyPolicy", "p", 6, flown))
    policy = desk.cluster[AUTONOMY_POLICY].get("tools", "p")

    assert policy is not None
    assert set(concerned(desk.cluster, Change(AUTONOMY_POLICY, policy))) == {TOOL_KEY}
    assert set(concerned(desk.cluster, Change(AUTONOMY_POLICY, policy, before=policy))) == set()


@pytest.mark.parametrize("depth", [150, 300, 5000])
async def test_a_tool_nested_beyond_reason_is_refused_and_stops_nothing(desk: Desk, depth: int) -> None:
    sys.setrecursionlimit(FRAMES)  # as `configuration` does for the process
    arguments: dict[str, Any] = {}
    for _ in range(depth):
        arguments = {"a": arguments}
    desk.zone()
    desk.see_tool(examples=[{"name": "e", "arguments": arguments, "result": {}}])
    desk.server.script.append(Answer(200, thing("GeneratedTool", "t", 6, SPEC)))
    await desk.passes.one(TOOL_KEY)
    accepted = desk.server.asked[0].body["status"]["conditions"][0]

    assert (accepted["type"], accepted["status"]) == ("Accepted", "False")
