"""CapabilityGaps, and the tools the author makes for them: who asks, who counts, who closes, who reviews what."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from .attempts import BARE_POD, DRY, OWNER, Ask, make, patch, raw
from .installed import RBAC
from .objects import digest_of, obj, review, revision, tool
from .server import APPLY, AUTHOR, GATEWAY, HOME, OPERATOR, PATHS, SERVING, Answer, Body, eventually
from .zone import LEDGER, Zone

pytestmark = pytest.mark.apiserver
GAPS, TOOLS = (PATHS[kind].format(SERVING) for kind in ("CapabilityGap", "GeneratedTool"))
NOON, LATER = "2026-11-27T12:00:00Z", "2026-11-27T13:00:00Z"
BOUND = {"cupel-gateway-requests": "cupel-gateway", "cupel-author-drafts": "cupel-author"}
"""Roles that a namespace binds where agents may ask and gaps may become tools."""


@pytest.fixture(scope="module", autouse=True)
def opened(zone: Zone) -> Iterator[None]:
    """The namespace lets agents ask, and gaps become tools."""
    path = f"{RBAC}/namespaces/{SERVING}/rolebindings"
    for role, account in BOUND.items():
        ref = {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": role}
        subjects = [{"kind": "ServiceAccount", "name": account, "namespace": HOME}]
        body = {"metadata": {"name": role}, "roleRef": ref, "subjects": subjects}
        zone.server.call("POST", path, body).allowed()
    yield
    for role in BOUND:
        zone.server.delete(f"{path}/{role}")


def demand(*callers: str, reports: int = 1, last: str = NOON) -> Body:
    rows = [{"by": name, "reports": 1, "lastAt": last} for name in callers]
    return {"reports": reports, "callers": rows, "firstAt": NOON, "lastAt": last}


def wish(name: str, **spec: Any) -> Body:
    return obj("CapabilityGap", name, {"wish": "the median of a list", **spec})


def heard(name: str, *callers: str, **spec: Any) -> Body:
    """A gap as the gateway writes it down."""
    callers = callers or ("agent-1",)
    return wish(name, **{"origin": "Agent", "onBehalfOf": callers[0], "demand": demand(*callers)} | spec)


def asked(zone: Zone, body: Body, user: str) -> Body:
    """Stored, once the API server knows the role that was just bound."""
    answer = eventually(lambda: zone.server.create(body, user), allowed=True).allowed()
    stored: Body = answer.body["spec"]
    return stored


def change(zone: Zone, name: str, spec: Body, user: str) -> Answer:
    return zone.server.patch(f"{GAPS}/{name}", {"spec": spec}, user)


CHANGES: dict[str, Body] = {
    "the wish": {"wish": "another"},
    "an example": {"examples": [{"arguments": {}, "result": {}}]},
    "the template": {"template": {"name": "statistics"}},
    "the operation": {"openapi": {"document": "{}", "operationId": "x"}},
    "the policy": {"policyRef": {"name": "other"}},
}
NO_CHANGES: dict[str, Body] = {
    "what was tried": {"tried": ["by hand"]},
    "what was looked at": {"checked": ["word-count"]},
    "the tool's name": {"toolName": "median"},
    "a typed requester": {"requestedBy": "bob"},
    "typed contributors": {"contributors": ["bob"]},
}


class TestWhoAsked:
    def test_nobody_types_who_asked(self, zone: Zone) -> None:
        spec = asked(zone, wish("typed", requestedBy="mallory", contributors=["bob"]), "otto")
        assert (spec["requestedBy"], spec["contributors"]) == ("otto", [])

    @pytest.mark.parametrize("what", CHANGES)
    def test_who_wishes_for_something_else_asks(self, zone: Zone, what: str) -> None:
        name = f"changed-{list(CHANGES).index(what)}"
        asked(zone, wish(name), "otto")
        spec = change(zone, name, CHANGES[what], "greta").allowed().body["spec"]
        assert (spec["requestedBy"], spec["contributors"]) == ("greta", ["otto"])

    @pytest.mark.parametrize("what", NO_CHANGES)
    def test_who_changes_nothing_wished_for_does_not(self, zone: Zone, what: str) -> None:
        name = f"kept-{list(NO_CHANGES).index(what)}"
        asked(zone, wish(name), "otto")
        spec = change(zone, name, NO_CHANGES[what], "greta").allowed().body["spec"]
        assert (spec["requestedBy"], spec["contributors"]) == ("otto", [])

    @pytest.mark.parametrize("value", [[], ["bob"], None], ids=["emptied", "replaced", "taken away"])
    def test_nobody_drops_a_contributor(self, zone: Zone, value: Any) -> None:
        name = f"drop-{'x' if value is None else len(value)}"
        asked(zone, wish(name), "otto")
        change(zone, name, {"wish": "by greta"}, "greta").allowed()
        answer = change(zone, name, {"contributors": value}, "greta")
        assert answer.allowed().body["spec"]["contributors"] == ["otto"]

    def test_server_side_apply_keeps_them(self, zone: Zone) -> None:
        asked(zone, heard("applied"), GATEWAY)
        body = wish("applied", wish="by alice", origin="Agent")
        answer = zone.server.call(
            "PATCH", f"{GAPS}/applied?fieldManager=alice&force=true", body, "alice", APPLY
        )
        spec = answer.allowed().body["spec"]
        assert (spec["requestedBy"], spec["contributors"]) == ("alice", [GATEWAY])
        assert (spec["onBehalfOf"], spec["demand"]["reports"]) == ("agent-1", 1)


@pytest.fixture(scope="module")
def there(zone: Zone) -> None:
    """Gaps to tamper with."""
    asked(zone, heard("there"), GATEWAY)
    asked(
        zone,
        heard("counted", "agent-1", "agent-2", demand=demand("agent-1", "agent-2", reports=5)),
        GATEWAY,
    )
    asked(zone, wish("persons"), "otto")
    asked(zone, wish("closed", closed={"because": "no"}), "zoe-any")


@pytest.fixture(scope="module")
def made(zone: Zone) -> None:
    """A gap that two asked for, known to the policies, and a tool the author made for it."""
    asked(zone, heard("made", "agent-1", "agent-2"), GATEWAY)
    eventually(
        lambda: zone.server.create(drafted("x", contributors=[]), AUTHOR, dry=True),
        allowed=False, fragment="must name everybody",
    )  # fmt: skip
    eventually(lambda: zone.server.create(drafted("own"), AUTHOR), allowed=True).allowed()


# fmt: off
PEOPLE: list[tuple[str, str, Ask, str]] = [
    # sentence, who, what, and what the refusal says (of two policies, which speaks first is not fixed); empty: allowed
    ("an asker asks",                        "otto",  make("CapabilityGap", spec={"wish": "w"}), ""),
    ("a requester asks",                     "alice", make("CapabilityGap", spec={"wish": "w"}), ""),
    ("an approver asks",                     "bob",   make("CapabilityGap", spec={"wish": "w"}), "forbidden"),
    ("an asker tells what was heard",        "otto",  make("CapabilityGap", spec={"wish": "w", "origin": "Text"}), ""),
    ("an asker says an agent asked",         "otto",  make("CapabilityGap", spec={"wish": "w", "origin": "Agent"}), "origin is"),
    ("an asker says it shows in calls",      "otto",  make("CapabilityGap", spec={"wish": "w", "origin": "Telemetry"}), "origin is"),
    ("an asker asks for another",            "otto",  make("CapabilityGap", spec={"wish": "w", "onBehalfOf": "bob"}), "only the gateway sets onBehalfOf"),
    ("an asker counts",                      "otto",  make("CapabilityGap", spec={"wish": "w", "demand": demand("bob")}), "only the gateway sets demand"),
    ("an asker edits a gap",                 "otto",  patch(f"{GAPS}/there{DRY}", {"spec": {"wish": "x"}}), "forbidden"),
    ("an asker deletes a gap",               "otto",  raw("DELETE", f"{GAPS}/there{DRY}"), "forbidden"),
    ("a requester edits a gap",              "alice", patch(f"{GAPS}/there{DRY}", {"spec": {"wish": "x"}}), ""),
    ("a requester says an agent asked",      "alice", patch(f"{GAPS}/there{DRY}", {"spec": {"origin": "Text"}}), "origin is"),
    ("a requester counts",                   "alice", patch(f"{GAPS}/there{DRY}", {"spec": {"demand": {"reports": 9}}}), "only the gateway sets demand"),
    ("a requester takes demand away",        "alice", patch(f"{GAPS}/there{DRY}", {"spec": {"demand": None}}), "demand"),
    ("a requester takes a caller off",       "alice-any", patch(f"{GAPS}/there{DRY}", {"spec": {"demand": {"callers": []}}}), "demand"),
    ("a requester changes on whose behalf",  "alice-any", patch(f"{GAPS}/there{DRY}", {"spec": {"onBehalfOf": "bob"}}), "only the gateway sets onBehalfOf"),
    ("a requester closes a gap",             "alice", patch(f"{GAPS}/there{DRY}", {"spec": {"closed": {"because": "no"}}}), "takes the verb close"),
    ("a requester asks for a closed gap",    "alice", make("CapabilityGap", spec={"wish": "w", "closed": {"because": "no"}}), "takes the verb close"),
    ("a curator closes a gap",               "greta", patch(f"{GAPS}/there{DRY}", {"spec": {"closed": {"because": "no"}}}), ""),
    ("a curator opens it again",             "greta", patch(f"{GAPS}/closed{DRY}", {"spec": {"closed": None}}), ""),
    ("a requester opens it again",           "alice", patch(f"{GAPS}/closed{DRY}", {"spec": {"closed": None}}), "takes the verb close"),
    ("a requester words why otherwise",      "alice", patch(f"{GAPS}/closed{DRY}", {"spec": {"closed": {"because": "yes"}}}), "takes the verb close"),
    ("a curator names a template",           "greta", patch(f"{GAPS}/there{DRY}", {"spec": {"template": {"name": "statistics"}}}), ""),
    ("a curator deletes a gap",              "greta", raw("DELETE", f"{GAPS}/there{DRY}"), ""),
    ("a zone administrator closes a gap",    "zoe",   patch(f"{GAPS}/there{DRY}", {"spec": {"closed": {"because": "no"}}}), ""),
    ("a curator writes status",              "greta-any", patch(f"{GAPS}/there/status{DRY}", {"status": {"observedGeneration": 9}}), "status is written by the operator only|may not UPDATE"),
    ("the gateway asks",                     GATEWAY, lambda z, u: z.server.create(heard("x"), u, dry=True), ""),
    ("... by telemetry",                     GATEWAY, lambda z, u: z.server.create(heard("x", origin="Telemetry"), u, dry=True), ""),
    ("... for nobody",                       GATEWAY, lambda z, u: z.server.create(wish("x", origin="Agent", demand=demand("a")), u, dry=True), "on whose behalf"),
    ("... without counting",                 GATEWAY, lambda z, u: z.server.create(wish("x", origin="Agent", onBehalfOf="a"), u, dry=True), "how often"),
    ("... as if it were a person",           GATEWAY, lambda z, u: z.server.create(heard("x", origin="Person"), u, dry=True), "origin is"),
    ("... and closes it at once",            GATEWAY + "-any", lambda z, u: z.server.create(heard("x", closed={"because": "no"}), u, dry=True), "takes the verb close"),
    ("... outside of a zone",                GATEWAY + "-any", lambda z, u: z.server.create(heard("x") | {"metadata": {"name": "x", "namespace": "default"}}, u, dry=True), "may not CREATE"),
    ("the gateway counts",                   GATEWAY, patch(f"{GAPS}/there{DRY}", {"spec": {"demand": demand("agent-1", "agent-2", reports=2, last=LATER)}}), ""),
    ("... and adds what was looked at",      GATEWAY, patch(f"{GAPS}/there{DRY}", {"spec": {"checked": ["word-count"], "tried": ["t"]}}), ""),
    ("... downwards",                        GATEWAY, patch(f"{GAPS}/counted{DRY}", {"spec": {"demand": {"reports": 1}}}), "demand only grows"),
    ("... and forgets a caller",             GATEWAY, patch(f"{GAPS}/counted{DRY}", {"spec": {"demand": demand("agent-1", reports=9)}}), "nobody who asked is taken off"),
    ("... and begins anew",                  GATEWAY, patch(f"{GAPS}/counted{DRY}", {"spec": {"demand": {"firstAt": "2020-01-01T00:00:00Z"}}}), "demand only grows"),
    ("... and takes demand away",            GATEWAY, patch(f"{GAPS}/counted{DRY}", {"spec": {"demand": None}}), "demand"),
    ("the gateway words the wish otherwise", GATEWAY, patch(f"{GAPS}/there{DRY}", {"spec": {"wish": "x"}}), "changes demand, tried and checked only"),
    ("... adds an example",                  GATEWAY + "-any", patch(f"{GAPS}/there{DRY}", {"spec": {"examples": [{"result": {}}]}}), "changes demand, tried and checked only"),
    ("... asks for another",                 GATEWAY + "-any", patch(f"{GAPS}/there{DRY}", {"spec": {"onBehalfOf": "bob"}}), "onBehalfOf"),
    ("... labels a gap",                     GATEWAY + "-any", patch(f"{GAPS}/there{DRY}", {"metadata": {"labels": {"a": "b"}}}), "changes nothing of a gap's metadata"),
    ("... gives a gap an owner",             GATEWAY + "-any", patch(f"{GAPS}/there{DRY}", {"metadata": {"ownerReferences": OWNER}}), "changes nothing of a gap's metadata"),
    ("... closes a gap",                     GATEWAY + "-any", patch(f"{GAPS}/there{DRY}", {"spec": {"closed": {"because": "no"}}}), "gateway changes demand"),
    ("... counts a person's gap",            GATEWAY, patch(f"{GAPS}/persons{DRY}", {"spec": {"demand": demand("agent-1")}}), ""),
    ("... deletes a gap",                    GATEWAY + "-any", raw("DELETE", f"{GAPS}/there{DRY}"), "may not DELETE"),
    ("... writes its status",                GATEWAY + "-any", patch(f"{GAPS}/there/status{DRY}", {"status": {"observedGeneration": 9}}), "status is written by the operator only|may not UPDATE"),
    ("the operator writes status",           OPERATOR, patch(f"{GAPS}/there/status{DRY}", {"status": {"observedGeneration": 9}}), ""),
    ("... and a gap",                        OPERATOR + "-any", patch(f"{GAPS}/there{DRY}", {"spec": {"wish": "x"}}), "may not UPDATE"),
    ("the author writes status",             AUTHOR + "-any", patch(f"{GAPS}/there/status{DRY}", {"status": {"observedGeneration": 9}}), "the author writes drafting only"),
    ("... makes a gap",                      AUTHOR + "-any", make("CapabilityGap", spec={"wish": "w"}), "may not CREATE"),
    ("... closes one",                       AUTHOR + "-any", patch(f"{GAPS}/there{DRY}", {"spec": {"closed": {"because": "no"}}}), "may not UPDATE|takes the verb close"),
]
# fmt: on


@pytest.mark.usefixtures("there")
class TestGaps:
    @pytest.mark.parametrize(
        ("user", "ask", "says"), [row[1:] for row in PEOPLE], ids=[row[0] for row in PEOPLE]
    )
    def test_who_may_what(self, zone: Zone, user: str, ask: Ask, says: str) -> None:
        answer = ask(zone, user)
        _ = answer.refused(*says.split("|")) if says else answer.allowed()


def drafted(name: str, gap: str = "made", **spec: Any) -> Body:
    """A tool as the author makes it."""
    base = {
        "onBehalfOf": "agent-1",
        "contributors": [GATEWAY, "agent-2"],
        "origin": {"generator": "OpenAPI", "gap": gap},
    }
    body = tool(name, text=name, **base | spec)
    body["metadata"]["labels"] = {"cupel.dev/gap": gap}
    return body


def labelled(body: Body, **labels: str) -> Body:
    body["metadata"]["labels"] = {f"cupel.dev/{key}": value for key, value in labels.items()}
    return body


def meta(body: Body, **fields: Any) -> Body:
    body["metadata"] |= fields
    return body


# fmt: off
MADE: list[tuple[str, Body, str]] = [
    # sentence, what the author makes, and what the refusal says; an empty one is allowed
    ("a tool for a gap",                  drafted("x"), ""),
    ("... with labels of its own",        meta(drafted("x"), labels={"cupel.dev/gap": "made", "team": "a"}), ""),
    ("no gap",                            labelled(drafted("x")), "makes tools for gaps only"),
    ("no origin",                         drafted("x", origin=None), "makes tools for gaps only"),
    ("another gap's origin",              drafted("x", origin={"generator": "OpenAPI", "gap": "other"}), "makes tools for gaps only"),
    ("nobody's behalf",                   drafted("x", onBehalfOf=None), "on whose behalf|one of those who asked"),
    ("the behalf of somebody else",       drafted("x", onBehalfOf="bob", contributors=[GATEWAY, "agent-1", "agent-2"]), "onBehalfOf must be one of those who asked"),
    ("one who asked left out",            drafted("x", contributors=[GATEWAY]), "must name everybody who asked for CapabilityGap made"),
    ("the gateway left out",              drafted("x", contributors=["agent-2"]), "must name everybody"),
    ("a strict reviewer named",           drafted("x", contributors=[GATEWAY, "agent-2", "bob"]), "must name nobody but those who asked"),
    ("a digest to condemn",               meta(drafted("x"), annotations={"cupel.dev/condemn": "x"}), "writes cupel.dev/gap only"),
    ("a label of ours",                   labelled(drafted("x"), gap="made", tool="other"), "writes cupel.dev/gap only"),
    ("an owner",                          meta(drafted("x"), ownerReferences=OWNER), "no owner and no finalizer"),
    ("retired from the start",            drafted("x", lifecycle="Retired"), "neither retires a tool nor brings one back"),
    ("a successor named",                 drafted("x", successor="y"), "neither retires a tool nor brings one back"),
    ("a finalizer",                       meta(drafted("x"), finalizers=["x.test/x"]), "no owner and no finalizer"),
    ("a tool outside of a zone",          meta(drafted("x"), namespace="default"), "may not CREATE"),
]
# fmt: on


@pytest.mark.usefixtures("made")
class TestAuthor:
    @pytest.mark.parametrize("user", [AUTHOR, AUTHOR + "-any"], ids=["rbac", "any"])
    @pytest.mark.parametrize(("body", "says"), [row[1:] for row in MADE], ids=[row[0] for row in MADE])
    def test_what_it_makes(self, zone: Zone, body: Body, says: str, user: str) -> None:
        if body["spec"].get("origin", 0) is None:
            body = body | {"spec": {key: value for key, value in body["spec"].items() if key != "origin"}}
        if body["spec"].get("onBehalfOf", 0) is None:
            body = body | {"spec": {key: value for key, value in body["spec"].items() if key != "onBehalfOf"}}
        answer = zone.server.create(body, user, dry=True)
        _ = answer.refused(*says.split("|"), "forbidden") if says else answer.allowed()

    def test_who_asked_is_stored_as_it_says(self, zone: Zone) -> None:
        spec = zone.server.get(f"{TOOLS}/own")["spec"]
        assert (spec["requestedBy"], spec["onBehalfOf"], spec["contributors"]) == (
            AUTHOR,
            "agent-1",
            [GATEWAY, "agent-2"],
        )

    def test_nobody_who_asked_reviews_it(self, zone: Zone) -> None:
        asked(zone, heard("reviewed", "bob", "agent-2"), GATEWAY)
        body = drafted("reviewed", "reviewed", onBehalfOf="bob")
        stored = eventually(lambda: zone.server.create(body, AUTHOR), allowed=True).allowed().body
        eventually(lambda: zone.server.create(revision(stored), OPERATOR), allowed=True).allowed()
        entry = {"spec": {"decisions": {digest_of(stored): review("bob")}}}
        mine = eventually(lambda: zone.server.patch(LEDGER + DRY, entry, "bob"), allowed=False)
        mine.refused("nobody decides about their own request")
        zone.decide(digest_of(stored), review("carol"), "carol").allowed()

    def test_it_adds_who_asks_later(self, zone: Zone) -> None:
        asked(zone, heard("later"), GATEWAY)
        first = drafted("later", "later", contributors=[GATEWAY])
        eventually(lambda: zone.server.create(first, AUTHOR), allowed=True).allowed()
        change(
            zone, "later", {"demand": demand("agent-1", "agent-2", reports=2, last=LATER)}, GATEWAY
        ).allowed()
        path, add = f"{TOOLS}/later", {"spec": {"contributors": [GATEWAY, "agent-2"]}}
        spec = eventually(lambda: zone.server.patch(path, add, AUTHOR), allowed=True).allowed().body["spec"]
        assert (spec["requestedBy"], spec["contributors"]) == (AUTHOR, [GATEWAY, "agent-2"])

    def test_it_names_who_asked_in_other_words_as_far_as_the_operator_says_so(self, zone: Zone) -> None:
        asked(zone, heard("alike"), GATEWAY)
        alike = drafted("alike", "alike", contributors=[GATEWAY, "bob"])
        refused = eventually(lambda: zone.server.create(alike, AUTHOR, dry=True), allowed=False)
        refused.refused("must name nobody but those who asked")
        status = {"status": {"alsoAskedBy": ["bob"]}}
        zone.server.patch(f"{GAPS}/alike/status", status, AUTHOR + "-any").refused("drafting only")
        zone.server.patch(f"{GAPS}/alike/status", status, OPERATOR).allowed()
        eventually(lambda: zone.server.create(alike, AUTHOR, dry=True), allowed=True).allowed()
        short = drafted("alike", "alike", contributors=[GATEWAY])
        zone.server.create(short, AUTHOR, dry=True).refused("must name everybody who asked")

    def test_it_drops_nobody(self, zone: Zone) -> None:
        spec = (
            zone.server.patch(f"{TOOLS}/own{DRY}", {"spec": {"contributors": []}}, AUTHOR)
            .allowed()
            .body["spec"]
        )
        assert spec["contributors"] == [GATEWAY, "agent-2"]

    def test_it_drafts_anew(self, zone: Zone) -> None:
        answer = zone.server.patch(f"{TOOLS}/own{DRY}", {"spec": {"description": "another"}}, AUTHOR)
        assert answer.allowed().body["spec"]["requestedBy"] == AUTHOR

    def test_it_leaves_a_persons_tool_alone(self, zone: Zone) -> None:
        zone.server.create(tool("persons"), "alice").allowed()
        plain: Body = {"spec": {"description": "x"}}
        said = ("makes tools for gaps only", "its own tools only", "on whose behalf")
        zone.server.patch(f"{TOOLS}/persons{DRY}", plain, AUTHOR).refused(*said)
        names = {"onBehalfOf": "agent-1", "contributors": ["agent-2", GATEWAY]}
        body: Body = {
            "metadata": {"labels": {"cupel.dev/gap": "made"}},
            "spec": names | {"origin": {"generator": "OpenAPI", "gap": "made"}},
        }
        zone.server.patch(f"{TOOLS}/persons{DRY}", body, AUTHOR).refused("its own tools only")

    def test_it_leaves_alone_what_a_person_has_changed(self, zone: Zone) -> None:
        eventually(lambda: zone.server.create(drafted("taken"), AUTHOR), allowed=True).allowed()
        spec = (
            zone.server.patch(f"{TOOLS}/taken", {"spec": {"description": "alice's"}}, "alice")
            .allowed()
            .body["spec"]
        )
        assert (spec["requestedBy"], spec["contributors"]) == ("alice", [GATEWAY, "agent-2", AUTHOR])
        more: Body = {"spec": {"serving": {"replicas": 2}}}
        zone.server.patch(f"{TOOLS}/taken{DRY}", more, AUTHOR).refused("its own tools only")

    def test_it_deletes_nothing(self, zone: Zone) -> None:
        zone.server.delete(f"{TOOLS}/own{DRY}", AUTHOR + "-any").refused("may not DELETE")
        zone.server.delete(f"{TOOLS}/own{DRY}", AUTHOR).refused("forbidden")

    def test_a_person_labels_no_tool_as_made_for_a_gap(self, zone: Zone) -> None:
        zone.server.create(labelled(tool("x"), gap="made"), "alice", dry=True).refused(
            "given by the author only"
        )
        zone.server.create(tool("plain"), "alice").allowed()
        mark: Body = {"metadata": {"labels": {"cupel.dev/gap": "made"}}}
        zone.server.patch(f"{TOOLS}/plain{DRY}", mark, "alice").refused("given by the author only")

    def test_how_its_tool_came_about_is_for_it_to_say(self, zone: Zone) -> None:
        """Else whoever may change tools makes the author draft again, as often as they like."""
        forged: Body = {"spec": {"origin": {"generator": "OpenAPI", "gap": "made", "plan": "00"}}}
        for origin in (forged, {"spec": {"origin": None}}):
            zone.server.patch(f"{TOOLS}/own{DRY}", origin, "alice").refused(
                "origin of a tool the author made"
            )
        theirs: Body = {"spec": forged["spec"] | {"description": "alice's"}}
        zone.server.patch(f"{TOOLS}/own{DRY}", theirs, "alice").allowed()
        zone.server.patch(f"{TOOLS}/own{DRY}", forged, AUTHOR).allowed()

    def test_a_person_may_take_the_label_away(self, zone: Zone) -> None:
        none: Body = {"metadata": {"labels": {"cupel.dev/gap": None}}}
        zone.server.patch(f"{TOOLS}/own{DRY}", none, "alice").allowed()
        zone.server.patch(
            f"{TOOLS}/own{DRY}", {"metadata": {"labels": {"cupel.dev/gap": "other"}}}, "alice"
        ).refused("given by the author only")

    def test_others_name_no_contributors_still(self, zone: Zone) -> None:
        for user in ("alice", GATEWAY):
            body = tool("x", contributors=["bob"], **({} if user == "alice" else {"onBehalfOf": "agent-1"}))
            spec = zone.server.create(body, user, dry=True).allowed().body["spec"]
            assert spec["contributors"] == []

    # fmt: off
    OTHER: dict[str, Ask] = {
        "starts a Pod": make("Pod", spec=BARE_POD),
        "makes a ConfigMap": make("ConfigMap", data={"a": "b"}),
        "reads a Secret into being": make("Secret", HOME),
        "weakens the policy": patch(PATHS["ToolPolicy"].format(SERVING) + f"/default{DRY}", {"spec": {"generation": {"generators": ["Model"]}}}),
        "forges a tool's status": patch(f"{TOOLS}/own/status{DRY}", {"status": {"observedGeneration": 9}}),
        "scales its tool": patch(f"{TOOLS}/own/scale{DRY}", {"spec": {"replicas": 2}}),
        "decides": lambda z, u: z.decide("sha256-" + "9" * 64, review(AUTHOR), u),
        "takes a lease": make("Lease", HOME, {"holderIdentity": "a"}, "cupel-operator"),
    }
    # fmt: on

    @pytest.mark.parametrize("what", OTHER)
    def test_it_writes_nothing_else(self, zone: Zone, what: str) -> None:
        self.OTHER[what](zone, AUTHOR + "-any").refused("ValidatingAdmissionPolicy")
        self.OTHER[what](zone, AUTHOR).refused()

    def test_it_says_what_it_did(self, zone: Zone) -> None:
        event: Body = {"involvedObject": {"namespace": SERVING}, "reason": "Drafted", "type": "Normal"}
        zone.server.create(obj("Event", "x", **event), AUTHOR, dry=True).allowed()


def entry(number: int, outcome: str = "Made", **more: Any) -> Body:
    return {
        "number": number,
        "at": NOON,
        "generator": "Model",
        "outcome": outcome,
        "tokens": 10,
        "plan": "a",
    } | more


TOLD = [entry(1), entry(2, "Writing"), entry(3, "Lost"), entry(4, "Held")]
FULL = [entry(number) for number in range(1, 21)]
# fmt: off
STORY: dict[str, tuple[list[Body], list[Body], str]] = {
    "begins the next":                      (TOLD, [*TOLD, entry(5, "Writing")], ""),
    "says how one ended, and what it used": (TOLD, [TOLD[0], entry(2, "Failed", tokens=3, because="b"), *TOLD[2:]], ""),
    "ends one that seemed lost":            (TOLD, [*TOLD[:2], entry(3, "Made", tokens=3), TOLD[3]], ""),
    "begins what was held, by another plan": (TOLD, [*TOLD[:3], entry(4, "Writing", generator="Template", plan="b", at=LATER)], ""),
    "takes back what it used":              (TOLD, [entry(1, tokens=0), *TOLD[1:]], "what was noted"),
    "words an end otherwise":               (TOLD, [entry(1, "Held"), *TOLD[1:]], "what was noted"),
    "moves one to another day":             (TOLD, [TOLD[0], entry(2, "Failed", at=LATER), *TOLD[2:]], "what was noted"),
    "moves one to another plan":            (TOLD, [TOLD[0], entry(2, "Failed", plan="b"), *TOLD[2:]], "what was noted"),
    "forgets one":                          (TOLD, TOLD[1:], "what was noted"),
    "forgets all by writing twenty":        (TOLD, [entry(number) for number in range(101, 121)], "what was noted"),
    "forgets the first of twenty":          (FULL, [*FULL[1:], entry(21, "Writing")], "what was noted"),
}
# fmt: on


@pytest.mark.usefixtures("made")
class TestStory:
    """What the author set out to do is its budget's account: it takes nothing back."""

    @pytest.mark.parametrize("what", STORY)
    def test_of_what_it_noted_the_author(self, zone: Zone, what: str) -> None:
        before, after, says = STORY[what]
        name = f"told-{list(STORY).index(what)}"
        asked(zone, wish(name), "otto")
        path = f"{GAPS}/{name}/status"
        zone.server.patch(path, {"status": {"drafting": before}}, AUTHOR).allowed()

        answer = zone.server.patch(path, {"status": {"drafting": after}}, AUTHOR)

        _ = answer.refused(says) if says else answer.allowed()


def test_a_tools_name_stays_once_it_was_made(zone: Zone) -> None:
    asked(zone, wish("named", toolName="median"), "otto")
    change(zone, "named", {"toolName": "mean"}, "greta").allowed()
    zone.server.patch(f"{GAPS}/named/status", {"status": {"tool": "mean"}}, OPERATOR).allowed()

    change(zone, "named", {"toolName": "other"}, "greta").refused("toolName stays once a tool was made")
    change(zone, "named", {"toolName": None}, "greta").refused("toolName stays once a tool was made")
    change(zone, "named", {"wish": "another"}, "greta").allowed()
