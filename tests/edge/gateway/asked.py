"""What tests of asking share: a policy, callers of all kinds, and calls of the gateway's own tools."""

from __future__ import annotations

import json
from typing import Any

from .conftest import ANN, RunningGateway, until
from .fake_api import FakeApi

KUBERNETES = "a.b.c"
WISH = "Convert amounts of money between currencies"
OTHER_WORDS = "convert an amount of money between two currencies, please"
ELSE = "Extract the hashtags of a post"


def policy(api: FakeApi, namespace: str = "tools", **generation: Any) -> None:
    """The ToolPolicy `default`."""
    spec = {"generation": generation} if generation else {}
    metadata = {"name": "default", "namespace": namespace, "uid": "uid-policy", "generation": 1}
    api.put({"apiVersion": "cupel.dev/v1alpha1", "kind": "ToolPolicy", "metadata": metadata, "spec": spec})


def user(api: FakeApi, name: str = "agent", *, asks: str = "tools", token: str = KUBERNETES) -> str:
    """A Kubernetes token whose user may ask, and call, in a namespace."""
    api.users[token] = {
        "authenticated": True,
        "audiences": ["cupel-gateway"],
        "user": {"username": name},
    }
    api.rights.add((name, asks))
    api.askers.add((name, asks))
    return token


async def ask(gateway: RunningGateway, need: str = WISH, *, token: str = ANN, **more: Any) -> dict[str, Any]:
    """The result of get_more_tools, whatever it is."""
    arguments = {"need": need, "checked": [], **more}
    result: dict[str, Any] = await gateway.call("get_more_tools", arguments, token=token)
    return result


def answer(result: dict[str, Any]) -> dict[str, Any]:
    """The structured answer of a call that went well."""
    assert not result.get("isError"), result
    content: dict[str, Any] = result["structuredContent"]
    assert json.loads(result["content"][0]["text"]) == content
    return content


def refusal(result: dict[str, Any]) -> str:
    """What a call that was refused says."""
    assert result["isError"], result
    text: str = result["content"][0]["text"]
    return text


def gaps(api: FakeApi, namespace: str = "tools") -> dict[str, dict[str, Any]]:
    """The gaps there are, by name."""
    found = api.objects.get("CapabilityGap", {})
    return {name: body for (space, name), body in found.items() if space == namespace}


def only_gap(api: FakeApi) -> dict[str, Any]:
    (body,) = gaps(api).values()
    return body


async def ready(gateway: RunningGateway) -> None:
    """The gateway knows the policies and the gaps there are."""

    async def known() -> bool:
        found = gateway.application.catalogue.policies.get("tools", "default")
        return found is not None and gateway.application.front.gaps.known

    await until(known, "policies and gaps known")
