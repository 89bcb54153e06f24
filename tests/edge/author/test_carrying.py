"""What the author notes when making a draft goes wrong in a way that nobody foresaw, or its write is lost."""

import copy
import logging
from datetime import UTC, datetime, timedelta

from tests.support.provider import KEY

from cupel.api.capability_gap import CapabilityGap
from cupel.api.tool_policy import ToolPolicy
from cupel.author.carrying import Carrier
from cupel.author.making import Maker
from cupel.author.metrics import Metrics
from cupel.author.seen import Seen
from cupel.decide.authoring import Make, next_step
from cupel.decide.model_offer import ModelOffer
from cupel.generate.model import Asker
from cupel.kube.errors import Weather

PLANNED = {
    "type": "Planned", "status": "True", "reason": "ModelMayTry", "message": "",
    "lastTransitionTime": "2026-11-27T12:00:00Z",
}  # fmt: skip
TEMPLATE = {"generator": "Template", "template": "unit-convert", "parameters": {}}
POLICY = {
    "metadata": {"name": "default", "namespace": "tools"},
    "spec": {"generation": {"generators": ["Template", "Model"], "attempts": 3}},
}


def gap(plan):
    status = {"observedGeneration": 1, "conditions": [PLANNED], "plan": {"toolName": "counter"} | plan}
    return {
        "metadata": {"name": "gap-1", "namespace": "tools", "generation": 1, "uid": "u", "resourceVersion": "1"},
        "spec": {"wish": "count words", "requestedBy": "alice"}, "status": status,
    }  # fmt: skip


class Stored:
    """An API server that has one gap, and stores its status; writing a tool fails as told."""

    def __init__(self, body, refusal=None):
        self.body, self.refusal, self.tools = body, refusal, []

    async def merge_patch(self, kind, namespace, name, patch, subresource="", manager=""):
        if kind.name == "GeneratedTool":
            self.tools.append(patch)
            return patch
        assert (kind.name, subresource) == ("CapabilityGap", "status")
        self.body = copy.deepcopy(self.body) | {"status": self.body["status"] | patch["status"]}
        return self.body

    async def get(self, kind, namespace, name):
        return self.body if kind.name == "CapabilityGap" else None

    async def create(self, manifest):
        if self.refusal:
            raise self.refusal
        self.tools.append(manifest)
        return manifest


def broken():
    """A client of a model that fails with what must not be shown."""
    raise LookupError(f"the key is {KEY}")


def carrier(api, asker=None):
    seen = Seen("author", lambda key: None)
    seen.gaps.replace([api.body])
    seen.policies.replace([POLICY])
    return Carrier(api, seen, Maker(asker), Metrics()), seen


async def test_a_mistake_of_our_own_is_a_reason_and_not_a_draft_that_is_written_for_ever(caplog):
    caplog.set_level(logging.DEBUG)
    offer = ModelOffer("openai", "m", "", "/nowhere", 5.0, 4000, 1, 1)
    api = Stored(gap({"generator": "Model"}))
    made, seen = carrier(api, Asker(offer, broken))

    await made.carry(("tools", "gap-1"))

    (entry,) = api.body["status"]["drafting"]
    assert (entry["outcome"], entry["because"]) == (
        "Failed", "a mistake of Cupel's own (LookupError): see its log",
    )  # fmt: skip
    assert entry["tokens"] > 0, "nobody knows what was used: what was set aside counts"
    assert "LookupError" in caplog.text and KEY not in caplog.text
    assert is_tried_again(seen, api)


async def test_a_tool_that_could_not_be_written_now_is_tried_again_and_says_so():
    api = Stored(gap(TEMPLATE), Weather("POST: 503 overloaded", 503))
    made, seen = carrier(api)

    await made.carry(("tools", "gap-1"))

    (entry,) = api.body["status"]["drafting"]
    assert entry["outcome"] == "Failed"
    assert entry["because"] == "the tool could not be written: POST: 503 overloaded"
    assert is_tried_again(seen, api)


def is_tried_again(seen, api):
    found = CapabilityGap.parse(api.body)
    later = datetime.now(UTC) + timedelta(seconds=40)
    world = seen.world(found)
    assert world.policy == ToolPolicy.parse(POLICY)
    step = next_step(found, world, later)
    return isinstance(step, Make) and step.number == 2


async def test_who_asked_since_the_tool_was_written_is_named_where_nobody_wrote_it_meanwhile():
    api = Stored(gap(TEMPLATE))
    driver, seen = carrier(api)
    seen.tools.replace([written("bob")])

    assert await driver.carry(("tools", "gap-1")) is None
    assert api.tools == [{"metadata": {"resourceVersion": "7"}, "spec": {"contributors": ["bob", "alice"]}}]


def written(*contributors):
    """The tool, judged and without a revision yet."""
    return {
        "metadata": {
            "name": "counter", "namespace": "tools", "uid": "t", "generation": 2, "resourceVersion": "7",
            "labels": {"cupel.dev/gap": "gap-1"},
        },
        "spec": {
            "description": "Counts.", "requestedBy": "author", "contributors": list(contributors),
            "interface": {"inputSchema": {"type": "object"}, "outputSchema": {"type": "object"}},
            "examples": [{"name": "e", "result": {}}],
            "source": {"type": "Inline", "inline": {"code": "def run():\n    return {}\n"}},
        },
        "status": {"observedGeneration": 2},
    }  # fmt: skip
