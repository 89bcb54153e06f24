"""Asking a model, once, for typed output: what came, what it used, and how it failed. No second try here."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Generic, TypeVar

from pydantic import BaseModel
from pydantic_ai import Agent, UsageLimits
from pydantic_ai.exceptions import (
    AgentRunError,
    ContentFilterError,
    ModelAPIError,
    ModelConnectionError,
    ModelHTTPError,
    ModelTimeoutError,
    UnexpectedModelBehavior,
    UsageLimitExceeded,
    UserError,
)
from pydantic_ai.models import Model
from pydantic_ai.settings import ModelSettings as RequestSettings
from pydantic_ai.usage import RunUsage

from cupel.decide.model_offer import ModelOffer
from cupel.decide.spending import Spent

from .providers import KeyMissing

T = TypeVar("T", bound=BaseModel)
REQUESTS = 2
"""An answer of the wrong form may be put right once, within the same budget."""
BYTES_PER_TOKEN = 2
"""Fewer than tokenizers make of any language in UTF-8: what is set aside must not be too little."""
FREE = (401, 403, 404, 429)
"""Answers of providers that did no work."""
OVERHEAD_TOKENS = 4_000
"""The schema of the answer, and what a provider puts around it."""


class Barren(Exception):
    """Nothing usable came; the text says why, for people. `used`: what it cost all the same."""

    def __init__(self, because: str, used: Spent) -> None:
        super().__init__(because)
        self.used = used


@dataclass(frozen=True)
class Answered(Generic[T]):
    """What came, and what it used."""

    output: T
    used: Spent


@dataclass(frozen=True)
class Asker:
    """One model with its prices. `model` makes the client when it is needed, with the key of that moment."""

    offer: ModelOffer
    model: Callable[[], AbstractAsyncContextManager[Model]]

    def most(self, *texts: str) -> Spent:
        """The most that one `ask` with these texts may use: what has to be set aside for it."""
        sent = sum(len(text.encode()) for text in texts) // BYTES_PER_TOKEN + OVERHEAD_TOKENS
        answers = self.offer.answer_tokens
        incoming = REQUESTS * sent + (REQUESTS - 1) * answers
        return self.offer.cost(incoming, REQUESTS * answers)

    async def ask(self, output: type[T], instructions: str, prompt: str) -> Answered[T]:
        """Raises Barren when nothing usable comes."""
        try:
            async with self.model() as model:
                return await self._ask(model, output, instructions, prompt)
        except KeyMissing as missing:
            raise Barren(str(missing), Spent()) from missing

    async def _ask(self, model: Model, output: type[T], instructions: str, prompt: str) -> Answered[T]:
        usage = RunUsage()
        agent = Agent(model, output_type=output, instructions=instructions, retries=REQUESTS - 1)
        settings = RequestSettings(max_tokens=self.offer.answer_tokens, timeout=self.offer.seconds)
        limits = UsageLimits(
            request_limit=REQUESTS, total_tokens_limit=self.most(instructions, prompt).tokens
        )
        try:
            result = await agent.run(
                prompt,
                model_settings=settings,
                usage_limits=limits,
                usage=usage,
                timeout=self.offer.seconds,
            )
        except (AgentRunError, UserError, TimeoutError) as error:
            raise Barren(why(error), self._booked(error, usage, self.most(instructions, prompt))) from error
        return Answered(result.output, self._used(usage))

    def _booked(self, error: Exception, usage: RunUsage, aside: Spent) -> Spent:
        """What is known; where a provider may have worked and says nothing, all that was set aside."""
        used = self._used(usage)
        unreached = isinstance(error, ModelConnectionError) and not isinstance(error, ModelTimeoutError)
        free = isinstance(error, ModelHTTPError) and error.status_code in FREE
        return used if used.tokens or unreached or free else aside

    def _used(self, usage: RunUsage) -> Spent:
        return self.offer.cost(usage.input_tokens or 0, usage.output_tokens or 0)


def why(error: Exception) -> str:
    """One sentence. Never the provider's own text: it may hold the prompt, or the key."""
    match error:
        case ModelTimeoutError() | TimeoutError():
            return "the model did not answer in time"
        case ModelConnectionError():
            return "the model's provider cannot be reached"
        case ModelHTTPError():
            return _status(error)
        case UsageLimitExceeded():
            return "the answer would have used more tokens than were set aside"
        case ContentFilterError():
            return "the model declined to answer"
        case UnexpectedModelBehavior():
            return "what the model answered is no tool, twice"
        case ModelAPIError():
            return f"the model's provider failed: {type(error).__name__}"
    return f"the model could not be asked: {type(error).__name__}"


def _status(error: ModelHTTPError) -> str:
    match error.status_code:
        case 401 | 403:
            return f"the model's provider refuses the key ({error.status_code}): renew the author's Secret"
        case 404:
            return "the model's provider knows no such model (404): set CUPEL_MODEL_NAME"
        case 429:
            return "the model's provider asks for fewer requests (429)"
    return f"the model's provider answered {error.status_code}"
