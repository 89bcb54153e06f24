"""What comes of a model's replies on a real node: ten bad ones, each with its reason, one good one, and a template."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from tests.contract.author.stage import provider_of
from tests.demo.cluster import DemoError, as_person
from tests.support.provider import KEY, Provider, Say

from cupel.api.names import RESERVED_TOOLS

from .conftest import Agent
from .replies import GOOD, REPLIES, Reply
from .stage import Body, Stage, condition
from .test_decisions import CODES, VOUCHED
from .tools import policy

pytestmark = pytest.mark.node
POLICY = "by-model"
ATTEMPTS = 2
TOKENS = 100_000
PACKAGES = Path(__file__).parents[2] / "operator"
ASKED = "I need the number of working days between two dates"
LET = {
    "cupel-author-drafts": ("cupel-author-drafts", "cupel-system:cupel-author"),
    "cupel-gateway-requests": ("cupel-gateway-requests", "cupel-system:cupel-gateway"),
    "cupel-codes": ("cupel-codes-zone", "cupel-system:cupel-codes"),
}
"""RoleBindings of the zone: role and service account."""


def gap(reply: Reply) -> Body:
    spec = {"wish": reply.wish, "toolName": reply.name, "policyRef": {"name": POLICY}}
    return {
        "apiVersion": "cupel.dev/v1alpha1",
        "kind": "CapabilityGap",
        "metadata": {"name": reply.name},
        "spec": spec,
    }


def status(stage: Stage, name: str) -> Body:
    done = stage.cluster.run("get", "capabilitygap", name, "-n", stage.cluster.zone, "-o", "json")
    found: Body = json.loads(done.stdout).get("status", {})
    return found


def bind(stage: Stage, name: str, role: str, account: str) -> None:
    if stage.cluster.run("get", "rolebinding", name, "-n", stage.cluster.zone, check=False).returncode:
        command = ["create", "rolebinding", name, "-n", stage.cluster.zone, f"--clusterrole={role}"]
        stage.cluster.run(*command, f"--serviceaccount={account.replace('/', ':')}")


@pytest.fixture(scope="module")
def opened(stage: Stage) -> Iterator[Stage]:
    """Gaps may become tools here, by a model, too; the author of the cluster makes room for one beside this test."""
    for name, (role, account) in LET.items():
        bind(stage, name, role, account)
    bind(stage, "agents-ask", "cupel-asker", f"{stage.cluster.agents}:agent")
    rules = policy(
        POLICY,
        generation={
            "generators": ["Template", "OpenAPI", "Model"],
            "attempts": 2,
            "budget": {"tokensPerTool": TOKENS},
        },
        validation={"proofSeconds": 60, "deadlineSeconds": 240},
        approvals={"low": 2, "medium": 2, "high": 2},
    )
    stage.cluster.run("apply", "-n", stage.cluster.zone, "-f", "-", text=json.dumps(rules))
    author = ["-n", "cupel-system", "scale", "deployment", "cupel-author"]
    stage.cluster.run(*author, "--replicas=0")
    yield stage
    gone = ["-n", stage.cluster.zone, "--wait=false"]
    stage.cluster.run("delete", "capabilitygaps", "--all", *gone)
    stage.cluster.run("delete", "generatedtools", "-l", "cupel.dev/gap", *gone)
    stage.cluster.run(*author, "--replicas=1")


@pytest.fixture(scope="module")
def provider(opened: Stage, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Provider]:
    """A model's server on this machine, and an author that asks it, with the rights of the cluster's own."""
    folder = tmp_path_factory.mktemp("author")
    scripts = {reply.word: [reply.says] for reply in (*REPLIES, GOOD)}
    with provider_of(Say(status=500), **scripts) as there, (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            ["setpriv", "--pdeathsig=KILL", sys.executable, "-m", "cupel.author"],
            env=os.environ | settings(opened, folder, there), stdout=log, stderr=log,
        )  # fmt: skip
        yield there
        process.terminate()
        assert process.wait(30) == 0
    assert '"level": "ERROR"' not in (folder / "log").read_text()


def settings(stage: Stage, folder: Path, provider: Provider) -> dict[str, str]:
    config = yaml.safe_load(Path(stage.cluster.kubeconfig).read_text("utf-8"))
    authority = config["clusters"][0]["cluster"].get("certificate-authority")
    if authority:
        whole = Path(stage.cluster.kubeconfig).parent / authority
        config["clusters"][0]["cluster"]["certificate-authority"] = str(whole)
    token = stage.cluster.run("create", "token", "cupel-author", "-n", "cupel-system", "--duration=1h")
    config["users"][0]["user"] = {"token": token.stdout.strip()}
    (folder / "kubeconfig").write_text(yaml.safe_dump(config))
    (folder / "key").write_text(KEY)
    return {
        "KUBECONFIG": str(folder / "kubeconfig"), "PYTHONPATH": str(PACKAGES), "CUPEL_HTTP_HOST": "127.0.0.1",
        "CUPEL_HTTP_PORT": "0", "CUPEL_AUTHOR_RESYNC_SECONDS": "1", "CUPEL_AUTHOR_WORKERS": "12",
        "CUPEL_MODEL_NAME": "small-model", "CUPEL_MODEL_URL": f"http://127.0.0.1:{provider.port}/v1",
        "CUPEL_MODEL_KEY_FILE": str(folder / "key"), "CUPEL_MODEL_SECONDS": "60", "CUPEL_MODEL_ANSWER_TOKENS": "1000",
    }  # fmt: skip


@pytest.fixture(scope="module")
def asked(opened: Stage, provider: Provider) -> Stage:
    """All wishes at once."""
    body = {"apiVersion": "v1", "kind": "List", "items": [gap(each) for each in (*REPLIES, GOOD)]}
    who = as_person("alice")
    opened.cluster.run("apply", "-n", opened.cluster.zone, "-f", "-", *who, text=json.dumps(body))
    return opened


@pytest.mark.parametrize("reply", REPLIES, ids=[each.word for each in REPLIES])
def test_a_bad_reply_ends_with_its_reason_and_within_its_budget(asked: Stage, reply: Reply) -> None:
    if reply.comes:
        found = asked.until(reply.name, reply.reason, seconds=300)
        assert reply.told in found["message"], found["message"]

    def over() -> Body:
        found = status(asked, reply.name)
        return found if condition({"status": found})["reason"] == "AttemptsExhausted" else {}

    try:
        drafting = asked.wait(f"{reply.name} to be over", over, 120)["drafting"]
    except DemoError as error:
        raise AssertionError(json.dumps([status(asked, reply.name), asked.tools.body(reply.name)])) from error
    outcomes = [one["outcome"] for one in drafting]
    assert set(outcomes) <= {"Made", "Repeated", "Failed"} and len(outcomes) == ATTEMPTS, drafting
    assert outcomes.count("Made") == reply.comes
    assert sum(one.get("tokens", 0) for one in drafting) <= TOKENS
    assert bool(asked.tools.body(reply.name)) == reply.comes


def test_what_nobody_showed_the_author_is_not_in_what_it_is_told(asked: Stage, provider: Provider) -> None:
    asked.until("reply-untested", "MutantsSurvive", seconds=300)

    def again(word: str) -> list[str]:
        told = [json.dumps(one["messages"]) for one in list(provider.asked)]
        return [text for text in told if word in text and "was refused" in text]

    asked.wait("the parrot to be asked again", lambda: again("parrot"), 120)
    asked.wait("the untested to be asked again", lambda: again("untested"), 120)
    assert "check-1" not in again("parrot")[0] and "you have not seen" in again("parrot")[0]
    assert "no example and no test notices on line 2" in again("untested")[0]


def test_what_was_proved_is_told_by_describe_and_explain(asked: Stage) -> None:
    asked.until("reply-fraction", "PropertyBroken", seconds=300)
    explained = asked.cluster.cupel("explain", "reply-fraction", "-n", asked.cluster.zone).stdout
    described = asked.cluster.run("describe", "gtool", "reply-fraction", "-n", asked.cluster.zone).stdout

    assert "half must be of type integer" in " ".join(explained.split())
    assert "PropertyBroken" in described and "half must be of type integer" in described


def test_a_good_reply_is_approved_twice_and_called(asked: Stage, agent: Agent) -> None:
    waits = asked.until(GOOD.name, "AwaitingApproval", seconds=300)
    assert waits["status"] == "False"
    approve_twice(asked, GOOD.name)
    assert call(asked, agent, GOOD.name, number=42) == {"half": 21}
    asked.wait(
        "the gap to be answered", lambda: condition({"status": status(asked, GOOD.name)})["status"] == "True"
    )


def test_a_wish_told_over_mcp_is_answered_by_a_template_and_called(asked: Stage, agent: Agent) -> None:
    asked.wait("the gateway to let the agent ask", lambda: "get_more_tools" in agent.listed(), 60)
    checked = [name for name in agent.listed() if name not in RESERVED_TOOLS]
    told = agent.call("get_more_tools", need=ASKED, checked=checked, namespace=asked.cluster.zone)
    name = str(told["gap"]["gap"])

    asked.wait("the tool of the gap", lambda: status(asked, name).get("tool"), 90)
    tool = str(status(asked, name)["tool"])
    asked.until(tool, "AwaitingApproval", seconds=240)
    assert status(asked, name)["plan"]["generator"] == "Template"
    approve_twice(asked, tool)
    example = asked.fresh(tool)["spec"]["examples"][0]
    assert set(call(asked, agent, tool, **example["arguments"])) == set(example["result"])


def approve_twice(stage: Stage, name: str) -> None:
    """A review of bob's, and a one-time code of carol's as the code service writes it."""
    stage.decide(name)
    egress = stage.fresh(name)["spec"].get("permissions", {}).get("egress", [])
    entry = {"egress": egress, "code": VOUCHED | {"by": "carol"}}
    stage.patch_ledger({"decisions": {stage.digest(name): entry}}, *CODES)
    stage.until(name, "Serving", seconds=120)


def call(stage: Stage, agent: Agent, name: str, **arguments: object) -> Body:
    tool = str(stage.fresh(name)["status"]["toolName"])
    stage.wait(f"the gateway to list {tool}", lambda: tool in agent.listed(), 60)
    return agent.call(tool, **arguments)
