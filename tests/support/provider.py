"""A model's provider on loopback: speaks the two wire formats, answers what it was told to. The edge we cannot have."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from aiohttp import web

KEY = "sk-test-of-this-machine-only"


@dataclass(frozen=True)
class Say:
    """One answer: `output` as a call of the output tool, or plain text, or an HTTP error, or silence."""

    output: dict[str, Any] | None = None
    tests: dict[str, Any] | None = None
    """Instead of `output`, where tests are asked for."""
    text: str = ""
    status: int = 200
    silence: float = 0.0
    sent: int = 1000
    answered: int = 200


@dataclass
class Provider:
    """What is to be said, in order; the last is said for ever. What was asked is kept."""

    script: list[Say]
    asked: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    port: int = 0
    by_word: dict[str, list[Say]] = field(default_factory=dict)
    """Scripts of their own, for requests whose last message has a word in it."""

    async def chat(self, request: web.Request) -> web.Response:
        """OpenAI's POST /chat/completions."""
        say = await self._next(request)
        if say.status != 200:
            return web.json_response({"error": {"message": "no", "type": "error"}}, status=say.status)
        name = self.asked[-1]["tools"][0]["function"]["name"]
        calls = [
            {
                "id": "call-1",
                "type": "function",
                "function": {"name": name, "arguments": json.dumps(say.output)},
            }
        ]
        message = {"role": "assistant", "content": say.text or None} | (
            {"tool_calls": calls} if say.output is not None else {}
        )
        return web.json_response({
            "id": "c-1", "object": "chat.completion", "created": 1, "model": self.asked[-1]["model"],
            "choices": [{"index": 0, "message": message, "finish_reason": "tool_calls" if say.output else "stop"}],
            "usage": {"prompt_tokens": say.sent, "completion_tokens": say.answered, "total_tokens": say.sent + say.answered},
        })  # fmt: skip

    async def messages(self, request: web.Request) -> web.Response:
        """Anthropic's POST /v1/messages."""
        say = await self._next(request)
        if say.status != 200:
            return web.json_response(
                {"type": "error", "error": {"type": "error", "message": "no"}}, status=say.status
            )
        name = self.asked[-1]["tools"][0]["name"]
        content: list[dict[str, Any]] = [{"type": "text", "text": say.text}] if say.text else []
        if say.output is not None:
            content.append({"type": "tool_use", "id": "tu-1", "name": name, "input": say.output})
        return web.json_response({
            "id": "m-1", "type": "message", "role": "assistant", "model": self.asked[-1]["model"], "content": content,
            "stop_reason": "tool_use" if say.output else "end_turn", "stop_sequence": None,
            "usage": {"input_tokens": say.sent, "output_tokens": say.answered},
        })  # fmt: skip

    async def _next(self, request: web.Request) -> Say:
        self.keys.append(request.headers.get("Authorization", "").removeprefix("Bearer "))
        self.asked.append(await request.json())
        asked = json.dumps(self.asked[-1]["messages"][-1])
        script = next((own for word, own in self.by_word.items() if word in asked), self.script)
        say = script.pop(0) if len(script) > 1 else script[0]
        await asyncio.sleep(say.silence)
        if say.tests is not None and '"code"' not in json.dumps(self.asked[-1]["tools"]):
            return replace(say, output=say.tests)
        return say


@asynccontextmanager
async def providing(*script: Say, **by_word: list[Say]) -> AsyncIterator[Provider]:
    """A provider on a free port of loopback."""
    provider = Provider(list(script), by_word=by_word)
    app = web.Application()
    app.router.add_post("/v1/chat/completions", provider.chat)
    app.router.add_post("/v1/messages", provider.messages)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        provider.port = runner.addresses[0][1]
        yield provider
    finally:
        await runner.cleanup()


CODE = '''"""Count words."""


def run(text: str) -> dict:
    return {"words": len(text.split())}
'''


def written(code: str = CODE, **more: Any) -> dict[str, Any]:
    """A whole tool, as a model would answer it."""
    text = {"type": "string", "maxLength": 10_000}
    return {
        "description": "Count the words of a text.",
        "input_schema": {"type": "object", "properties": {"text": text}, "required": ["text"], "additionalProperties": False},
        "output_schema": {
            "type": "object", "properties": {"words": {"type": "integer", "minimum": 0}}, "required": ["words"],
            "additionalProperties": False,
        },
        "code": code,
        "examples": [{"name": "Two words", "arguments": {"text": "a b"}, "result": {"words": 2}}],
        "tests": [{"name": "none", "arguments": {"text": ""}, "result": {"words": 0}}],
    } | more  # fmt: skip


CHECKS = {"tests": [{"name": "lines", "arguments": {"text": "a\nb c"}, "result": {"words": 3}}]}
GOOD = (Say(written()), Say(CHECKS))
