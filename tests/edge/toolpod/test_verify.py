"""The live check against real launchers."""

from __future__ import annotations

import asyncio
import hashlib
import os
import socket
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from cupel.api.bundle import Bundle, bundle_of
from cupel.api.generated_tool import GeneratedTool
from cupel.toolpod import ToolPods, Unreachable, verify

SANDBOX = Path(__file__).parents[3] / "sandbox"
ADD = """
def run(ctx, /, millilitres: int) -> dict:
    if millilitres < 0:
        raise ValueError("a river gives, it does not take")
    ctx.state["total"] = ctx.state.get("total", 0) + millilitres
    return {"total": ctx.state["total"], "litres": ctx.state["total"] / 3000}
"""
Launch = Callable[[Bundle], Awaitable[str]]


def bundle(*examples: dict[str, Any], **overrides: Any) -> Bundle:
    spec = {
        "description": "Adds up water.",
        "interface": {"inputSchema": {"type": "object"}, "outputSchema": {"type": "object"}},
        "examples": list(examples),
        "source": {"type": "Inline", "inline": {"code": ADD}},
        "permissions": {"state": "PerTenant"},
    } | overrides
    return bundle_of(GeneratedTool.parse({"metadata": {"name": "add", "namespace": "tools"}, "spec": spec}))


def example(name: str = "one", millilitres: int = 3, **rest: Any) -> dict[str, Any]:
    """A trial; it expects what the tool does answer unless told otherwise."""
    if "error" not in rest:
        rest = {"result": {"total": millilitres, "litres": millilitres / 3000}, **rest}
    return {"name": name, "arguments": {"millilitres": millilitres}, **rest}


@pytest.fixture
async def launch(tmp_path: Path) -> AsyncIterator[Launch]:
    processes = []

    async def start(content: Bundle) -> str:
        path = tmp_path / "bundle.json"
        path.write_bytes(content.content())
        digits = hashlib.sha256(content.content()).hexdigest()
        port = free_port()
        processes.append(
            await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "cupel_sandbox",
                "serve",
                "--bundle",
                str(path),
                "--sha256",
                digits,
                "--port",
                str(port),
                cwd=SANDBOX,
                env={**os.environ, "PYTHONPATH": str(SANDBOX)},
            )
        )
        await healthy(f"127.0.0.1:{port}")
        return f"127.0.0.1:{port}"

    yield start
    for process in processes:
        process.kill()
        await process.wait()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def healthy(address: str) -> None:
    async with asyncio.timeout(20), ToolPods() as pods:
        while True:
            try:
                return await pods.healthy(address, 1)
            except Unreachable:
                await asyncio.sleep(0.02)


async def check(
    launch: Launch, served: Bundle, *, approved: Bundle | None = None, repeat: bool = False
) -> str:
    approved = approved or served
    return await verify((await launch(served),), approved, approved.digest(), 5, repeat)


@pytest.mark.parametrize(
    "trial",
    [
        pytest.param(example(result={"total": 3, "litres": 0.001}), id="the result"),
        pytest.param(example(result={"total": 3, "litres": 0.0010000000001}), id="the result to nine digits"),
        pytest.param(example(millilitres=-1, error="does not take"), id="the error"),
        pytest.param(
            example(
                result={"total": 7, "litres": 7 / 3000}, state={"before": {"total": 4}, "after": {"total": 7}}
            ),
            id="the state that came in and went out",
        ),
        pytest.param(example(result={"wrong": 1}, liveCheck="Never"), id="nothing: never tried live"),
        pytest.param(
            example(
                result={"wrong": 1},
                exchanges=[{"request": {"url": "http://a.example/"}, "response": {"status": 200}}],
            ),
            id="nothing: needs a proxy",
        ),
    ],
)
async def test_a_tool_that_answers_its_examples_is_verified(launch: Launch, trial: dict[str, Any]) -> None:
    assert await check(launch, bundle(trial)) == ""


@pytest.mark.parametrize(
    ("trial", "problem"),
    [
        pytest.param(example(result={"total": 4, "litres": 0.001}), "the result is not the expected one", id="a result"),
        pytest.param(example(result={"total": 3, "litres": 0.0010001}), "the result is not", id="a number"),
        pytest.param(example(state={"after": {"total": 9}}), "the state that came out is not", id="a state"),
        pytest.param(
            example(error="takes"), "it must raise an error with 'takes', but it returned a result", id="no error"
        ),
        pytest.param(example(millilitres=-1, error="gives not"), "but it failed with ToolError", id="another error"),
        pytest.param(example(millilitres=-1), "it failed with ToolError: a river gives", id="an unexpected error"),
    ],
)  # fmt: skip
async def test_what_differs_is_said(launch: Launch, trial: dict[str, Any], problem: str) -> None:
    said = await check(launch, bundle(trial))

    assert said.startswith("example `one` on the Pod at 127.0.0.1:") and problem in said


async def test_repeated_checks_try_only_what_is_always_safe(launch: Launch) -> None:
    served = bundle(example("once", result={"wrong": 1}), example("always", liveCheck="Always"))

    assert "example `once`" in await check(launch, served)
    assert await check(launch, served, repeat=True) == ""


async def test_another_definition_than_the_approved_one_is_named(launch: Launch) -> None:
    served, approved = bundle(example()), bundle(example(), description="Adds up wine.")

    said = await check(launch, served, approved=approved)

    assert said.endswith("does not serve what was approved: digest, description differ")


async def test_every_pod_is_asked(launch: Launch) -> None:
    served = bundle(example())
    good = await launch(served)

    absent = f"127.0.0.1:{free_port()}"
    said = await verify((good, absent), served, served.digest(), 5, False)

    assert said == f"the Pod at {absent} could not be asked: the Pod does not accept connections"
    assert await verify((good,), served, served.digest(), 5, False) == ""


async def test_no_pod_is_no_proof() -> None:
    served = bundle(example())

    assert await verify((), served, served.digest(), 5, False) == "there is no Pod to ask"
