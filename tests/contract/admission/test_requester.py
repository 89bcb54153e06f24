"""Who asked: stamped by the API server, kept when content changes, and carried by revisions."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from .objects import digest, digest_of, obj, review, revision, tool
from .server import APPLY, COLLECTOR, GATEWAY, JSON_PATCH, OPERATOR, PATHS, SERVING, Body, eventually
from .zone import Zone

pytestmark = pytest.mark.apiserver
TOOLS, REVISIONS = (PATHS[kind].format(SERVING) for kind in ("GeneratedTool", "ToolRevision"))
BOTH = pytest.mark.parametrize("operator", [OPERATOR, OPERATOR + "-any"], ids=["rbac", "any"])


def named(zone: Zone, name: str, user: str = "alice", **spec: Any) -> Body:
    """A stored tool of this user."""
    answer = zone.server.create(tool(name, **spec), user).allowed()
    body: Body = answer.body
    return body


CHANGES: dict[str, Body] = {
    "the description": {"description": "another"},
    "the input schema": {"interface": {"inputSchema": {"type": "object", "maxProperties": 1}}},
    "the MCP name": {"interface": {"toolName": "other"}},
    "an example": {"examples": [{"name": "two", "arguments": {"text": "a b c"}, "result": {"words": 3}}]},
    "a test": {"tests": [{"name": "more", "arguments": {"text": "a"}, "result": {"words": 1}}]},
    "the code": {"source": {"inline": {"code": "def run(text):\n    return {'words': 0}\n"}}},
    "egress": {"permissions": {"egress": ["api.test:443"]}},
    "state": {"permissions": {"state": "PerTenant"}},
}
NO_CHANGES: dict[str, Body] = {
    "replicas": {"serving": {"replicas": 2}},
    "the attempt": {"attempt": 1},
    "the policy": {"policyRef": {"name": "other"}},
    "a typed requester": {"requestedBy": "bob"},
    "typed contributors": {"contributors": ["bob"]},
}


class TestStamp:
    def test_nobody_types_a_requester(self, zone: Zone) -> None:
        spec = named(zone, "typed", requestedBy="mallory", contributors=["bob"])["spec"]
        assert (spec["requestedBy"], spec["contributors"]) == ("alice", [])

    @pytest.mark.parametrize("what", CHANGES)
    def test_who_changes_content_asks_for_it(self, zone: Zone, what: str) -> None:
        name = f"changes-{list(CHANGES).index(what)}"
        named(zone, name)
        spec = zone.server.patch(f"{TOOLS}/{name}", {"spec": CHANGES[what]}, "dana").allowed().body["spec"]
        assert (spec["requestedBy"], spec["contributors"]) == ("dana", ["alice"])

    @pytest.mark.parametrize("what", NO_CHANGES)
    def test_who_changes_nothing_asked_for_does_not(self, zone: Zone, what: str) -> None:
        name = f"keeps-{list(NO_CHANGES).index(what)}"
        named(zone, name)
        spec = zone.server.patch(f"{TOOLS}/{name}", {"spec": NO_CHANGES[what]}, "dana").allowed().body["spec"]
        assert (spec["requestedBy"], spec["contributors"]) == ("alice", [])

    def test_order_of_examples_is_content(self, zone: Zone) -> None:
        examples = named(zone, "order")["spec"]["examples"]
        answer = zone.server.patch(f"{TOOLS}/order", {"spec": {"examples": examples[::-1]}}, "dana")
        assert answer.allowed().body["spec"]["requestedBy"] == "dana"

    def test_contributors_are_kept_once_each(self, zone: Zone) -> None:
        named(zone, "many")
        seen = []
        for n, user in enumerate(("alice", "dana", "dana", "alice-any", "erin-any", "dana")):
            patch = {"spec": {"description": f"version {n}", "contributors": []}}
            spec = zone.server.patch(f"{TOOLS}/many", patch, user).allowed().body["spec"]
            seen.append((spec["requestedBy"], spec["contributors"]))
        assert seen == [
            ("alice", []),
            ("dana", ["alice"]),
            ("dana", ["alice"]),
            ("alice", ["alice", "dana"]),
            ("erin", ["alice", "dana"]),
            ("dana", ["alice", "dana", "erin"]),
        ]

    @pytest.mark.parametrize("value", [[], ["bob"], None], ids=["emptied", "replaced", "taken away"])
    def test_nobody_drops_a_contributor(self, zone: Zone, value: Any) -> None:
        name = f"drop-{'x' if value is None else len(value)}"
        named(zone, name)
        zone.server.patch(f"{TOOLS}/{name}", {"spec": {"description": "by dana"}}, "dana").allowed()
        answer = zone.server.patch(f"{TOOLS}/{name}", {"spec": {"contributors": value}}, "dana")
        assert answer.allowed().body["spec"]["contributors"] == ["alice"]

    def test_a_replaced_object_keeps_them(self, zone: Zone) -> None:
        body = named(zone, "replaced")
        now = (
            zone.server.patch(f"{TOOLS}/replaced", {"spec": {"description": "by dana"}}, "dana")
            .allowed()
            .body
        )
        body["metadata"]["resourceVersion"] = now["metadata"]["resourceVersion"]
        spec = zone.server.call("PUT", f"{TOOLS}/replaced", body, "erin-any").allowed().body["spec"]
        assert (spec["requestedBy"], spec["contributors"]) == ("erin", ["alice", "dana"])

    def test_server_side_apply_keeps_them(self, zone: Zone) -> None:
        body = tool("applied")
        none: list[str] = []
        for user, want in (("alice", ("alice", none)), ("dana", ("alice", none))):
            path = f"{TOOLS}/applied?fieldManager={user}&force=true"
            spec = zone.server.call("PATCH", path, body, user, APPLY).allowed().body["spec"]
            assert (spec["requestedBy"], spec["contributors"]) == want
        body["spec"]["description"] = "by dana"
        spec = zone.server.call(
            "PATCH", f"{TOOLS}/applied?fieldManager=dana&force=true", body, "dana", APPLY
        ).body["spec"]
        assert (spec["requestedBy"], spec["contributors"]) == ("dana", ["alice"])

    def test_json_patch_cannot_remove_them(self, zone: Zone) -> None:
        named(zone, "removed")
        patch = [{"op": "remove", "path": "/spec/requestedBy"}]
        spec = zone.server.patch(f"{TOOLS}/removed", patch, "dana", JSON_PATCH).allowed().body["spec"]
        assert spec["requestedBy"] == "alice"


class TestGateway:
    GATEWAY = GATEWAY + "-any"

    def test_a_person_does_not_set_on_behalf_of(self, zone: Zone) -> None:
        zone.server.create(tool("behalf-1", onBehalfOf="bob"), "alice").refused(
            "only the gateway and the author"
        )
        named(zone, "behalf-2")
        zone.server.patch(f"{TOOLS}/behalf-2", {"spec": {"onBehalfOf": "bob"}}, "alice").refused(
            "only the gateway"
        )

    def test_the_gateway_says_on_whose(self, zone: Zone) -> None:
        zone.server.create(tool("behalf-3"), self.GATEWAY).refused("on whose behalf")
        spec = named(zone, "behalf-3", self.GATEWAY, onBehalfOf="bob")["spec"]
        assert (spec["requestedBy"], spec["onBehalfOf"]) == (GATEWAY, "bob")

    def test_it_stays_when_a_person_edits(self, zone: Zone) -> None:
        named(zone, "behalf-4", self.GATEWAY, onBehalfOf="bob")
        zone.server.patch(f"{TOOLS}/behalf-4", {"spec": {"onBehalfOf": None}}, "alice").refused(
            "only the gateway"
        )
        spec = (
            zone.server.patch(f"{TOOLS}/behalf-4", {"spec": {"description": "alice's"}}, "alice")
            .allowed()
            .body["spec"]
        )
        assert (spec["requestedBy"], spec["contributors"], spec["onBehalfOf"]) == ("alice", [GATEWAY], "bob")

    def test_without_a_right_of_its_own_it_asks_nowhere(self, zone: Zone) -> None:
        zone.server.create(tool("behalf-5", onBehalfOf="bob"), GATEWAY).refused("forbidden")

    def test_it_changes_no_tool(self, zone: Zone) -> None:
        named(zone, "behalf-6")
        patch = {"spec": {"description": "x", "onBehalfOf": "bob"}}
        zone.server.patch(f"{TOOLS}/behalf-6", patch, self.GATEWAY).refused("may not UPDATE")


class TestRevision:
    @staticmethod
    def soon(zone: Zone, body: Body, user: str, *, allowed: bool, fragment: str = "") -> None:
        answer = eventually(
            lambda: zone.server.create(body, user, dry=True), allowed=allowed, fragment=fragment
        )
        _ = answer.allowed() if allowed else answer.refused(fragment)

    LIES: dict[str, Body] = {
        "another requester": {"requestedBy": "zed"},
        "no contributors": {"contributors": []},
        "more contributors": {"contributors": ["alice", "zed"]},
        "an invented onBehalfOf": {"onBehalfOf": "zed"},
    }

    @BOTH
    @pytest.mark.parametrize("lie", LIES)
    def test_it_carries_those_who_asked(self, zone: Zone, lie: str, operator: str) -> None:
        stored = self.edited(zone, f"asked-{list(self.LIES).index(lie)}-{operator[-3:]}")
        body = revision(stored)
        self.soon(zone, body, operator, allowed=True)
        self.soon(
            zone,
            {**body, "spec": body["spec"] | self.LIES[lie]},
            operator,
            allowed=False,
            fragment="must be the tool's",
        )

    @staticmethod
    def edited(zone: Zone, name: str) -> Body:
        named(zone, name)
        patch = {"spec": {"description": f"{name} by dana"}}
        body: Body = zone.server.patch(f"{TOOLS}/{name}", patch, "dana").allowed().body
        return body

    @BOTH
    def test_its_egress_and_name_are_the_bundles(self, zone: Zone, operator: str) -> None:
        stored = named(zone, f"bundle-{operator[-3:]}", text=operator)
        body = revision(stored)
        self.soon(zone, body, operator, allowed=True)
        for lie in ({"egress": ["api.test:443"]}, {"tool": "other"}):
            wrong = copy.deepcopy(body)
            wrong["spec"] |= lie
            zone.server.create(wrong, operator, dry=True).refused("bundle")

    @pytest.mark.parametrize("user", ["alice-any", "zoe-any", GATEWAY + "-any", COLLECTOR + "-any"])
    def test_nobody_else_makes_one(self, zone: Zone, user: str) -> None:
        stored = named(zone, f"made-{abs(hash(user)) % 10_000}")
        zone.server.create(revision(stored), user, dry=True).refused("operator only", "may not CREATE")

    @BOTH
    def test_it_does_not_change(self, zone: Zone, operator: str) -> None:
        stored = named(zone, f"fixed-{operator[-3:]}", text=operator)
        body = revision(stored)
        eventually(lambda: zone.server.create(body, operator), allowed=True)
        path = f"{REVISIONS}/{body['metadata']['name']}"
        zone.server.patch(path, {"spec": {"requestedBy": "zed"}}, operator).refused("immutable")
        zone.server.patch(path, {"metadata": {"labels": {"a": "b"}}}, operator).allowed()
        zone.server.patch(path, {"metadata": {"labels": {"a": "c"}}}, "zoe-any").refused("operator only")
        zone.server.patch(f"{path}/status", {"status": {"risk": "Low"}}, operator).allowed()
        for user in ("alice-any", "zoe-any", GATEWAY + "-any"):
            zone.server.patch(f"{path}/status", {"status": {"risk": "Low"}}, user).refused(
                "operator only", "may not"
            )

    @BOTH
    @pytest.mark.parametrize(
        ("user", "allowed"),
        [("alice", False), ("bob-any", True), ("erin", False), ("zoe", True), (COLLECTOR, True), ("", True)],
        ids=[
            "a requester",
            "somebody who may administer",
            "a stranger",
            "the administrator",
            "the collector",
            "the operator",
        ],
    )
    def test_who_deletes_one(self, zone: Zone, user: str, allowed: bool, operator: str) -> None:
        stored = named(zone, f"gone-{abs(hash((user, operator))) % 100_000}", text=user + operator)
        body = revision(stored)
        eventually(lambda: zone.server.create(body, operator), allowed=True)
        answer = zone.server.delete(f"{REVISIONS}/{body['metadata']['name']}", user or operator)
        assert answer.ok == allowed, answer.text

    @BOTH
    @pytest.mark.parametrize("channel", ["requester", "contributor", "behalf"])
    def test_nobody_approves_first_and_asks_afterwards(self, zone: Zone, channel: str, operator: str) -> None:
        name = f"later-{channel}-{operator[-3:]}"
        user = GATEWAY + "-any" if channel == "behalf" else "dana"
        stored = named(zone, name, user, **({"onBehalfOf": "dana"} if channel == "behalf" else {}))
        if channel == "contributor":
            patch = {"spec": {"description": f"{name} by alice"}}
            stored = zone.server.patch(f"{TOOLS}/{name}", patch, "alice").allowed().body
        self.soon(zone, revision(stored), operator, allowed=True)
        zone.decide(digest_of(stored), review("dana"), "dana").allowed()
        self.soon(zone, revision(stored), operator, allowed=False, fragment="already decided")


@BOTH
def test_status_is_the_operators(zone: Zone, operator: str) -> None:
    name = f"status-{operator[-3:]}"
    named(zone, name)
    paths = (f"{TOOLS}/{name}/status", f"{PATHS['ToolPolicy'].format(SERVING)}/default/status")
    for path in paths:
        zone.server.patch(path, {"status": {"observedGeneration": 1}}, operator).allowed()
        for user in ("alice-any", "zoe-any", GATEWAY + "-any"):
            zone.server.patch(path, {"status": {"observedGeneration": 1}}, user).refused(
                "operator only", "may not"
            )


def test_a_digest_is_needed(zone: Zone) -> None:
    wrong = obj("ToolRevision", "x", {"tool": "x", "digest": digest("x")[:-1], "requestedBy": "alice"})
    zone.server.create(wrong, OPERATOR + "-any", dry=True).refused("spec.digest")
