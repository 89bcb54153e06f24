"""Which gaps a change wakes, and what a pass over one sees: stores fed by hand, no API server."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from cupel.api.bundle import bundle_of
from cupel.api.generated_tool import GeneratedTool
from cupel.api.names import AUTHOR
from cupel.controller.wake import all_keys, concerned
from cupel.controller.workqueue import Key
from cupel.decide import desired
from cupel.decide.gap_twin import Twin
from cupel.kube import observe_gaps
from cupel.kube.cluster import Change, Cluster
from cupel.kube.evidence import Evidence
from cupel.kube.observe import Sight, generated_tool
from cupel.kube.resources import CAPABILITY_GAP, GENERATED_TOOL, NAMESPACE, TOOL_POLICY, TOOL_REVISION
from cupel.kube.served import NEAREST_GAPS

NOON = "2030-01-01T12:00:00Z"
WORDS = "Count the words of a text."


class Seen:
    """A cluster in memory, and what its changes woke."""

    def __init__(self) -> None:
        self.woken: list[Key] = []
        self.cluster = Cluster(self._changed)
        self.sight = Sight(self.cluster, Evidence(), "image", (), lambda *_: "")
        self.version = 0
        self.take(NAMESPACE, "tools", {}, labels={"cupel.dev/zone": "serving"}, namespace="")

    def _changed(self, change: Change) -> None:
        self.woken += concerned(self.cluster, change)

    def take(
        self,
        kind: Any,
        name: str,
        spec: Any,
        *,
        namespace: str = "tools",
        labels: Any = None,
        status: Any = None,
        created: str = NOON,
    ) -> dict[str, Any]:
        self.version += 1
        metadata = {
            "name": name,
            "namespace": namespace,
            "uid": f"uid-{name}",
            "generation": self.version,
            "labels": labels or {},
        }
        metadata |= {"resourceVersion": str(self.version), "creationTimestamp": created}
        body = {
            "apiVersion": kind.api_version,
            "kind": kind.name,
            "metadata": metadata,
            "spec": spec,
            "status": status or {},
        }
        self.cluster.take(kind, body)
        return body

    def gap(
        self,
        name: str = "gap-1",
        wish: str = "how many words are in a text",
        status: Any = None,
        created: str = NOON,
        **spec: Any,
    ) -> None:
        self.take(
            CAPABILITY_GAP,
            name,
            {"wish": wish, "requestedBy": "alice"} | spec,
            status=status,
            created=created,
        )

    def tool(
        self,
        name: str = "word-count",
        description: str = WORDS,
        *,
        serves: bool = False,
        by: str = "alice",
        origin: Any = None,
        stalled: str = "",
        lifecycle: str = "Active",
        **labels: str,
    ) -> None:
        spec = {
            "description": description,
            "interface": {"inputSchema": {"type": "object", "properties": {"text": {}}}, "outputSchema": {"type": "object"}},
            "examples": [{"name": "e", "result": {}}],
            "source": {"type": "Inline", "inline": {"code": "def run(text):\n    return {}\n"}},
            "requestedBy": by, "origin": origin, "lifecycle": lifecycle,
        }  # fmt: skip
        marks = {f"cupel.dev/{key}": value for key, value in labels.items()}
        body = self.take(GENERATED_TOOL, name, spec, labels=marks)
        if stalled:
            mark = {
                "type": "Stalled",
                "status": "True",
                "reason": stalled,
                "message": "bob says no",
                "lastTransitionTime": NOON,
            }
            status = {"conditions": [mark], "observedGeneration": self.version + 1}
            self.take(GENERATED_TOOL, name, spec, labels=marks, status=status)
        if serves:
            parsed = GeneratedTool.parse(body)
            revision = desired.revision(parsed, bundle_of(parsed), "1.0.0")
            self.take(TOOL_REVISION, revision["metadata"]["name"], revision["spec"])
            serving = {
                "revision": revision["metadata"]["name"],
                "digest": revision["spec"]["digest"],
                "since": NOON,
            }
            self.take(
                GENERATED_TOOL,
                name,
                spec,
                labels=marks,
                status={"serving": serving, "digest": serving["digest"]},
            )

    def gaps_woken_by(self, change: Callable[[], None]) -> set[str]:
        self.woken.clear()
        change()
        return {key.name for key in self.woken if key.kind == "CapabilityGap"}


@pytest.fixture
def seen() -> Seen:
    return Seen()


def plan(tool_name: str) -> dict[str, Any]:
    return {"plan": {"generator": "Existing", "toolName": tool_name}}


def planned(wish: str) -> dict[str, Any]:
    """The status of a gap whose wish chose a template."""
    alone = Seen()
    alone.gap(wish=wish)
    way = observe_gaps.capability_gap(alone.sight, "tools", "gap-1").proposal.way
    assert way is not None and way.template is not None
    return {
        "plan": {
            "generator": "Template", "template": way.template, "parameters": way.parameters, "toolName": "made",
        }
    }  # fmt: skip


def made_by(wish: str) -> dict[str, Any]:
    """How a tool came about that was made by the plan of this wish."""
    plan = planned(wish)["plan"]
    return {key: plan[key] for key in ("generator", "template", "parameters")}


def twin(seen: Seen, name: str) -> Twin | None:
    return observe_gaps.capability_gap(seen.sight, "tools", name).twin


class TestWakes:
    def test_what_waits_for_another_gaps_tool_looks_again_when_that_is_answered(self, seen: Seen) -> None:
        waits = {"conditions": [{"type": "Planned", "status": "Unknown", "reason": "SamePlan"}]}
        seen.gap("gap-b", status=waits)
        seen.gap("gap-a")
        ready = {"conditions": [{"type": "Ready", "status": "True", "reason": "Answered"}]}
        assert seen.gaps_woken_by(lambda: seen.gap("gap-a", status=ready)) == {"gap-a", "gap-b"}

    def test_what_waits_for_another_gaps_tool_looks_again_when_that_is_refused(self, seen: Seen) -> None:
        waits = {"conditions": [{"type": "Planned", "status": "Unknown", "reason": "SamePlan"}]}
        seen.gap("gap-b", status=waits)
        seen.gap("gap-a")
        no = {"conditions": [{"type": "Stalled", "status": "True", "reason": "Rejected"}]}
        assert seen.gaps_woken_by(lambda: seen.gap("gap-a", status=no)) == {"gap-a", "gap-b"}

    def test_one_that_waits_for_anothers_tool_wakes_that_gap(self, seen: Seen) -> None:
        seen.gap("gap-a")
        seen.gap("gap-b")
        assert seen.gaps_woken_by(lambda: seen.gap("gap-b", status={"sameAs": "gap-a"})) == {"gap-a", "gap-b"}

    def test_a_gap_wakes_itself_and_the_tool_made_for_it(self, seen: Seen) -> None:
        seen.tool("median", gap="gap-1")
        seen.woken.clear()
        seen.gap()
        assert set(seen.woken) == {
            Key("CapabilityGap", "tools", "gap-1"),
            Key("GeneratedTool", "tools", "median"),
        }

    def test_its_own_status_wakes_no_tool(self, seen: Seen) -> None:
        seen.tool("median", gap="gap-1")
        seen.gap()
        before = seen.cluster[CAPABILITY_GAP].get("tools", "gap-1")
        assert before is not None
        again = set(concerned(seen.cluster, Change(CAPABILITY_GAP, before, before)))
        assert again == {Key("CapabilityGap", "tools", "gap-1")}

    def test_the_tool_made_for_it_wakes_it_whatever_changed(self, seen: Seen) -> None:
        seen.gap()
        seen.gap("gap-2", "convert miles")
        assert seen.gaps_woken_by(lambda: seen.tool("median", gap="gap-1")) == {"gap-1"}

    def test_a_tool_that_loses_its_label_wakes_the_gap_it_was_made_for(self, seen: Seen) -> None:
        seen.gap()
        seen.tool("median", gap="gap-1")
        assert "gap-1" in seen.gaps_woken_by(lambda: seen.tool("median"))

    def test_a_tool_that_begins_to_serve_wakes_gaps_of_its_words_alone(self, seen: Seen) -> None:
        seen.gap()
        seen.gap("gap-2", "wind speed in Porto")
        assert seen.gaps_woken_by(seen.tool) == set(), "not while it does not serve"
        assert seen.gaps_woken_by(lambda: seen.tool(serves=True)) == {"gap-1"}

    def test_a_gap_with_a_tool_of_its_own_is_left_alone(self, seen: Seen) -> None:
        seen.gap(status={"tool": "median"})
        assert seen.gaps_woken_by(lambda: seen.tool(serves=True)) == set()

    def test_a_tool_wakes_the_gaps_that_count_on_it(self, seen: Seen) -> None:
        seen.gap("gap-1", "x", status=plan("word-count"))
        seen.gap("gap-2", "x", status=plan("other"))
        assert seen.gaps_woken_by(seen.tool) == {"gap-1"}

    def test_a_policy_wakes_its_gaps(self, seen: Seen) -> None:
        seen.gap()
        seen.gap("gap-2", policyRef={"name": "other"})
        assert seen.gaps_woken_by(lambda: seen.take(TOOL_POLICY, "other", {})) == {"gap-2"}

    def test_a_zone_wakes_its_gaps(self, seen: Seen) -> None:
        seen.gap()
        zone = {"cupel.dev/zone": "serving", "a": "b"}
        assert seen.gaps_woken_by(lambda: seen.take(NAMESPACE, "tools", {}, labels=zone, namespace="")) == {
            "gap-1"
        }

    @pytest.mark.parametrize("how", ["closed", "gone"])
    def test_one_that_leaves_room_wakes_the_oldest_that_waits_for_it(self, seen: Seen, how: str) -> None:
        crowded = {"conditions": [{"type": "Accepted", "status": "Unknown", "reason": "TooManyGaps"}]}
        seen.gap("gap-1")
        for hour in range(12):
            seen.gap(f"late-{hour:02}", status=crowded, created=f"2030-01-02T{hour:02}:00:00Z")

        def leave() -> None:
            if how == "closed":
                seen.gap("gap-1", closed={"because": "no"})
            else:
                seen.cluster.gone(
                    CAPABILITY_GAP,
                    {"metadata": {"namespace": "tools", "name": "gap-1", "resourceVersion": "999"}},
                )

        assert seen.gaps_woken_by(leave) == {"gap-1", *(f"late-{hour:02}" for hour in range(8))}

    def test_every_gap_is_looked_at_again_now_and_then(self, seen: Seen) -> None:
        seen.gap()
        assert Key("CapabilityGap", "tools", "gap-1") in set(all_keys(seen.cluster))


class TestWorld:
    def test_it_sees_the_tools_that_serve(self, seen: Seen) -> None:
        seen.gap(wish="count the words of a text")
        seen.tool()
        assert observe_gaps.capability_gap(seen.sight, "tools", "gap-1").near == ()
        seen.tool(serves=True)
        (near,) = observe_gaps.capability_gap(seen.sight, "tools", "gap-1").near
        assert (near.tool_name, near.fits) == ("word-count", True)

    def test_a_tool_that_stops_serving_is_no_answer(self, seen: Seen) -> None:
        seen.gap(wish="count the words of a text")
        seen.tool(serves=True)
        assert observe_gaps.capability_gap(seen.sight, "tools", "gap-1").near
        seen.tool()
        assert observe_gaps.capability_gap(seen.sight, "tools", "gap-1").near == ()

    def test_the_tool_made_for_it_is_no_answer_but_its_tool(self, seen: Seen) -> None:
        seen.gap(wish="count the words of a text")
        seen.tool(serves=True, gap="gap-1")
        world = observe_gaps.capability_gap(seen.sight, "tools", "gap-1")
        assert world.near == () and world.tool is not None and world.tool.name == "word-count"

    def test_names_that_others_have_are_taken(self, seen: Seen) -> None:
        seen.gap(toolName="word-count")
        seen.tool("gap-1")
        assert observe_gaps.capability_gap(seen.sight, "tools", "gap-1").taken == {"gap-1"}
        seen.tool("word-count")
        assert observe_gaps.capability_gap(seen.sight, "tools", "gap-1").taken == {"gap-1", "word-count"}

    def test_older_gaps_of_its_policy_that_are_open_are_counted(self, seen: Seen) -> None:
        ready = {"conditions": [{"type": "Ready", "status": "True", "reason": "Answered"}]}
        early = "2029-01-01T00:00:00Z"
        seen.gap("open", created=early)
        seen.gap("answered", status=ready, created=early)
        seen.gap("closed", closed={"because": "no"}, created=early)
        seen.gap("other", policyRef={"name": "other"}, created=early)
        seen.gap("later", created="2031-01-01T00:00:00Z")
        seen.gap()
        assert observe_gaps.capability_gap(seen.sight, "tools", "gap-1").older == 1

    def test_wishes_in_other_words_that_come_to_one_plan_see_the_first_and_its_tool(self, seen: Seen) -> None:
        seen.gap("gap-a", wish="convert kilograms to pounds", status=planned("convert kilograms to pounds"))
        seen.gap("gap-b", wish="turn kilograms into pounds", created="2031-01-01T00:00:00Z")
        assert twin(seen, "gap-b") == Twin("gap-a")
        assert twin(seen, "gap-a") is None
        origin = made_by("convert kilograms to pounds")
        seen.tool("made", gap="gap-a", by=AUTHOR, origin=origin)
        assert twin(seen, "gap-b") == Twin("gap-a", "made", False)
        seen.tool("made", serves=True, gap="gap-a", by=AUTHOR, origin=origin)
        assert twin(seen, "gap-b") == Twin("gap-a", "made", True)
        seen.tool("made", serves=True, gap="gap-a", by=AUTHOR, origin=made_by("convert miles to kilometres"))
        assert twin(seen, "gap-b") == Twin("gap-a", "made", False), "what serves is of earlier words"
        seen.tool("made", serves=True, gap="gap-a", by=AUTHOR, origin=origin, lifecycle="Retired")
        gone = twin(seen, "gap-b")
        assert gone is not None and (gone.serves, gone.refused[:8]) == (False, "Retired:")

    def test_the_tool_of_who_named_a_template_answers_the_same_words(self, seen: Seen) -> None:
        vague, use = "something about the units of my aunt's oven", {"name": "unit-convert"}
        seen.gap("gap-a", wish=vague)
        seen.gap("gap-b", wish=vague, template=use, created="2031-01-01T00:00:00Z")
        seen.gap("gap-c", wish=vague, policyRef={"name": "other"})
        assert twin(seen, "gap-a") is None, "named, and not made yet: it may never be"
        woken = seen.gaps_woken_by(lambda: seen.tool("made", gap="gap-b", by=AUTHOR))
        assert woken == {"gap-a", "gap-b"}
        assert twin(seen, "gap-a") == Twin("gap-b", "made", by_words=True)
        assert (twin(seen, "gap-b"), twin(seen, "gap-c")) == (None, None)
        seen.tool("made", serves=True, gap="gap-b", by=AUTHOR)
        assert twin(seen, "gap-a") == Twin("gap-b", "made", serves=True, by_words=True)
        seen.tool("made", gap="gap-b", by=AUTHOR, stalled="Rejected")
        assert twin(seen, "gap-a") is None, "the wrong template says nothing of the wish"

    def test_two_that_were_planned_at_once_do_not_wait_for_each_other(self, seen: Seen) -> None:
        wish = "convert kilograms to pounds"
        seen.gap("gap-a", wish=wish, status=planned(wish), created="2031-01-01T00:00:00Z")
        seen.gap("gap-b", wish=wish, status=planned(wish))
        assert (twin(seen, "gap-a"), twin(seen, "gap-b")) == (Twin("gap-b"), None)
        seen.tool("made", gap="gap-a", by=AUTHOR)
        assert (twin(seen, "gap-a"), twin(seen, "gap-b")) == (None, Twin("gap-a", "made", False))

    REFUSED = (
        # sentence, why the other's tool is refused, closed, what is seen of it
        ("people said no",                  "Rejected",     False, Twin("gap-a", "made", refused="Rejected: bob says no")),
        ("... and the gap was closed",      "Rejected",     True,  Twin("gap-a", "made", refused="Rejected: bob says no")),
        ("it was rolled back",              "Condemned",    True,  Twin("gap-a", "made", refused="Condemned: bob says no")),
        ("nobody said anything in time",    "ApprovalExpired", False, Twin("gap-a", "made", refused="ApprovalExpired: bob says no")),
        ("... and the gap was closed",      "ApprovalExpired", True, None),
        ("its code is refused",             "CodeRefused",  False, Twin("gap-a", "made", refused="CodeRefused: bob says no")),
        ("an example of its own is wrong",  "TrialsFailed", False, None),
        ("the name it wished for is taken", "NameTaken",    False, None),
    )  # fmt: skip

    @pytest.mark.parametrize(("why", "closed", "expected"), [row[1:] for row in REFUSED])
    def test_what_refused_a_twins_tool_is_seen_where_it_concerns_others(
        self, seen: Seen, why: str, closed: bool, expected: Twin | None
    ) -> None:
        wish = "convert kilograms to pounds"
        no = {"closed": {"because": "no"}} if closed else {}
        seen.gap("gap-a", wish=wish, status=planned(wish), **no)
        seen.tool("made", gap="gap-a", by=AUTHOR, origin=made_by(wish), stalled=why)
        seen.gap("gap-b", wish="turn kilograms into pounds", created="2031-01-01T00:00:00Z")
        assert twin(seen, "gap-b") == expected

    def test_a_twin_on_its_way_goes_before_one_that_was_refused(self, seen: Seen) -> None:
        wish = "convert kilograms to pounds"
        for name, why in (("gap-a", "Rejected"), ("gap-b", "")):
            seen.gap(name, wish=wish, status=planned(wish))
            seen.tool(f"made-{name}", gap=name, by=AUTHOR, origin=made_by(wish), stalled=why)
        seen.gap("gap-c", wish=wish, created="2031-01-01T00:00:00Z")
        assert twin(seen, "gap-c") == Twin("gap-b", "made-gap-b")

    def test_it_sees_who_asked_for_the_gaps_it_answers_too(self, seen: Seen) -> None:
        seen.gap("gap-a")
        seen.gap("gap-b", requestedBy="bob", status={"sameAs": "gap-a"})
        seen.gap("gap-c", requestedBy="carol", status={"sameAs": "gap-x"})
        assert observe_gaps.capability_gap(seen.sight, "tools", "gap-a").alike == ("bob",)

    def test_no_twin_is_one_of_another_plan_or_policy_closed_or_changed_by_a_person(self, seen: Seen) -> None:
        wish = "convert kilograms to pounds"
        status = planned(wish)
        seen.gap("gap-a", wish=wish, status=status, policyRef={"name": "other"})
        seen.gap("gap-c", wish=wish, status=status, closed={"because": "no"})
        seen.gap("gap-d", wish="convert miles to kilometres", status=planned("convert miles to kilometres"))
        seen.gap("gap-e", wish=wish, status=status, created="2032-01-01T00:00:00Z")
        seen.tool("theirs", gap="gap-e", serves=True, by="alice")
        seen.gap("gap-z", wish=wish, created="2031-01-01T00:00:00Z")
        assert twin(seen, "gap-z") is None

    def test_a_tool_sees_who_asked_for_its_gap(self, seen: Seen) -> None:
        seen.gap()
        seen.tool("median", gap="gap-1")
        gap = generated_tool(seen.sight, "tools", "median").gap
        assert gap is not None and gap.askers == ("alice",)

    def test_one_that_is_gone_sees_nothing(self, seen: Seen) -> None:
        assert observe_gaps.capability_gap(seen.sight, "tools", "gap-1") == observe_gaps.GONE

    def test_examples_nested_beyond_reason_stop_nothing(self, seen: Seen) -> None:
        arguments: dict[str, Any] = {}
        for _ in range(400):
            arguments = {"a": arguments}
        seen.gap(examples=[{"arguments": arguments, "result": {}}])
        assert observe_gaps.capability_gap(seen.sight, "tools", "gap-1").proposal.way is None

    def test_nothing_is_searched_again_while_nothing_changed(self, seen: Seen) -> None:
        seen.gap()
        seen.tool(serves=True)
        first = observe_gaps.capability_gap(seen.sight, "tools", "gap-1")
        index = seen.sight.gaps.served.index(seen.cluster, "tools")
        again = observe_gaps.capability_gap(seen.sight, "tools", "gap-1")
        assert again.near[0] is first.near[0] and again.proposal is first.proposal
        assert seen.sight.gaps.served.index(seen.cluster, "tools") is index


def test_of_two_thousand_gaps_the_nearest_fifty_look_again_and_none_is_read_twice(seen: Seen) -> None:
    for n in range(2000):
        seen.gap(f"gap-{n:04}", f"count the words of text number {n}")
    seen.tool()
    assert len(seen.gaps_woken_by(lambda: seen.tool(serves=True))) == NEAREST_GAPS
    read = [found.known for found in seen.cluster[CAPABILITY_GAP].within("tools")]
    before = [dict(known) for known in read]
    assert all(before) and len(seen.gaps_woken_by(lambda: seen.tool("other", serves=True))) == NEAREST_GAPS
    assert all(now[view] is known[view] for now, known in zip(read, before, strict=True) for view in known)
