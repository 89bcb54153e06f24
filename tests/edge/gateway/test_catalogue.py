"""What is in the catalogue follows what the API server says, and nothing unapproved ever is."""

from __future__ import annotations

import copy
from collections.abc import Callable

import pytest

from .conftest import RunningGateway, until
from .fake_api import FakeApi
from .zone import Zone, revision_body, tool_body

BODY = tool_body("word-count")
MARKER = tool_body("marker", description="Is listed when everything before it was seen.")


async def seen(zone: Zone, gateway: RunningGateway) -> list[str]:
    """What is listed once the gateway saw all changes so far."""
    bundle = zone.propose(MARKER)
    zone.approve(bundle.digest())
    zone.serve(MARKER, bundle)

    async def marked() -> bool:
        return "marker" in await gateway.names()

    await until(marked, "the marker is listed")
    return [name for name in await gateway.names() if name != "marker"]


def unapproved(zone: Zone) -> None:
    zone.serve(BODY, zone.propose(BODY))


def condemned(zone: Zone) -> None:
    bundle = zone.propose(BODY)
    zone.approve(bundle.digest())
    zone.condemn(bundle.digest())
    zone.serve(BODY, bundle)


def without_revision(zone: Zone) -> None:
    bundle = zone.bundle(BODY)
    zone.approve(bundle.digest())
    zone.serve(BODY, bundle)


def other_code_under_an_approved_digest(zone: Zone) -> None:
    bundle = zone.bundle(BODY)
    body = revision_body(bundle, zone.namespace)
    body["spec"]["bundle"]["code"] += "# something else\n"
    zone.api.put(body)
    zone.approve(bundle.digest())
    zone.serve(BODY, bundle)


def a_revision_of_another_tool(zone: Zone) -> None:
    bundle = zone.propose(BODY)
    zone.approve(bundle.digest())
    zone.serve(tool_body("thief"), bundle)


def approved_for_other_egress(zone: Zone) -> None:
    body = tool_body("word-count", permissions={"egress": ["a.example:443"]})
    bundle = zone.propose(body)
    zone.approve(bundle.digest(), ("b.example:443",))
    zone.serve(body, bundle)


def a_schema_that_is_none(zone: Zone) -> None:
    body = tool_body("word-count", input_schema={"type": "object", "properties": {"a": {"type": "strnig"}}})
    bundle = zone.propose(body)
    zone.approve(bundle.digest())
    zone.serve(body, bundle)


def nothing_serves(zone: Zone) -> None:
    zone.approve(zone.propose(BODY).digest())
    zone.api.put(BODY)


@pytest.mark.parametrize(
    "given",
    [
        unapproved, condemned, without_revision, other_code_under_an_approved_digest, a_revision_of_another_tool,
        approved_for_other_egress, a_schema_that_is_none, nothing_serves,
    ],
)  # fmt: skip
async def test_it_is_not_listed(zone: Zone, gateway: RunningGateway, given: Callable[[Zone], None]) -> None:
    given(zone)

    assert await seen(zone, gateway) == []
    assert (await gateway.call("word-count", {"text": "a"})).get("code") == -32602


async def test_a_namespace_that_is_no_serving_zone_has_no_tools(zone: Zone, gateway: RunningGateway) -> None:
    elsewhere = Zone(zone.api, zone.directory, "elsewhere", zone.launched)
    await elsewhere.publish(tool_body("word-count", "elsewhere"), pods=0)
    assert await seen(zone, gateway) == ["word-count"]

    labels = {"cupel.dev/zone": "sandbox"}
    zone.api.remove("Namespace", "", "elsewhere")
    zone.api.put({"kind": "Namespace", "metadata": {"name": "elsewhere", "labels": labels}})

    await gateway.listed("marker")


async def test_a_condemned_digest_disappears_at_once(zone: Zone, gateway: RunningGateway) -> None:
    bundle = await zone.publish(BODY)
    await gateway.listed("word-count")

    zone.condemn(bundle.digest())

    await gateway.listed()
    assert (await gateway.call("word-count", {"text": "a"})).get("code") == -32602


async def test_of_two_tools_with_one_name_the_older_keeps_it(zone: Zone, gateway: RunningGateway) -> None:
    thief = tool_body(
        "a-thief", tool_name="word-count", born="2026-11-21T10:30:00Z", description="Newer.", code=BODY_CODE
    )
    await zone.publish(thief)
    await gateway.listed("word-count")
    await zone.publish(BODY)

    async def the_older_is_called() -> bool:
        return (await gateway.call("word-count", {"text": "a b"})).get("structuredContent") == {"words": 2}

    await until(the_older_is_called, "the older tool has the name")


BODY_CODE = "def run(text: str) -> dict:\n    return {'words': -1}\n"


async def test_a_description_changes_with_the_revision_that_serves(
    zone: Zone, gateway: RunningGateway
) -> None:
    await zone.publish(BODY, pods=0)
    await gateway.listed("word-count")

    await zone.publish(tool_body("word-count", description="Counts better."), pods=0)

    async def described() -> bool:
        _, answer = await gateway.post({"jsonrpc": "2.0", "id": 1, "method": "tools/list"})
        return [tool["description"] for tool in answer["result"]["tools"]] == ["Counts better."]

    await until(described, "the new description is listed")


async def test_long_lists_come_in_pages_in_order(zone: Zone, gateway: RunningGateway) -> None:
    names = [f"tool-{number:03}" for number in range(450)]
    for name in reversed(names):
        body = tool_body(name)
        bundle = zone.propose(body)
        zone.ledger["spec"]["decisions"][bundle.digest()] = {"review": {"decision": "Approve", "by": "bob"}}
        zone.serve(body, bundle)
    zone.api.put(zone.ledger)
    found: list[str] = []

    async def all_listed() -> bool:
        found.clear()
        cursor = None
        while True:
            params = {"cursor": cursor} if cursor else {}
            _, answer = await gateway.post(
                {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": params}
            )
            found.extend(tool["name"] for tool in answer["result"]["tools"])
            cursor = answer["result"].get("nextCursor")
            if not cursor:
                return len(found) == len(names)

    await until(all_listed, "all tools are listed")
    assert found == names


class TestWatching:
    """Missed events, broken watches and too old versions change nothing about the end."""

    async def test_a_broken_watch_goes_on_where_it_was(self, zone: Zone, gateway: RunningGateway) -> None:
        lists = zone.api.lists
        zone.api.cut()

        await zone.publish(BODY, pods=0)

        await gateway.listed("word-count")
        assert zone.api.lists == lists

    async def test_a_version_too_old_is_listed_anew(
        self, zone: Zone, gateway: RunningGateway, api: FakeApi
    ) -> None:
        await zone.publish(BODY, pods=0)
        await gateway.listed("word-count")
        api.expire = "GeneratedTool"
        api.remove_unseen("GeneratedTool", "tools", "word-count")
        api.cut()

        await gateway.listed()

    async def test_an_api_server_that_is_away_takes_no_tool_away(
        self, zone: Zone, gateway: RunningGateway, api: FakeApi
    ) -> None:
        await zone.publish(BODY)
        await gateway.listed("word-count")
        watches = api.watches
        api.down = True
        api.cut()

        assert (await gateway.call("word-count", {"text": "a b"}))["structuredContent"] == {"words": 2}
        api.down = False

        async def watched_again() -> bool:
            return api.watches >= watches + 5

        await until(watched_again, "all five kinds are watched again")

    async def test_what_cannot_be_read_is_not_there(self, zone: Zone, gateway: RunningGateway) -> None:
        nonsense = copy.deepcopy(BODY)
        nonsense["spec"]["examples"] = "many"
        zone.api.put(nonsense)

        assert await seen(zone, gateway) == []
