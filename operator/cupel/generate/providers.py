"""Which model is asked, and by which provider: the one place that names them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx2
from pydantic_ai.models import Model
from pydantic_ai.models.anthropic import AnthropicModel
from pydantic_ai.models.openai import OpenAIChatModel
from pydantic_ai.providers.anthropic import AnthropicProvider
from pydantic_ai.providers.openai import OpenAIProvider

from cupel.decide.model_offer import ModelOffer


class KeyMissing(Exception):
    """The file with the provider's key cannot be read, is empty or holds no key."""


@asynccontextmanager
async def model_of(offer: ModelOffer) -> AsyncIterator[Model]:
    """The model to ask, with connections that end with the block. Raises KeyMissing.

    The key is read anew each time, so that a rotated one counts; no redirect takes it elsewhere.
    Bedrock is asked at its OpenAI-compatible endpoint with a Bedrock API key: signing needs boto3, which
    cannot be installed beside the Kubernetes client (they want different versions of python-dateutil).
    """
    key, url = _key(offer.key_file), offer.url or None
    async with httpx2.AsyncClient(timeout=offer.seconds, follow_redirects=False) as http:
        if offer.provider == "anthropic":
            anthropic = AnthropicProvider(api_key=key, base_url=url, http_client=http)
            anthropic.client.max_retries = 0  # trying again is the author's to decide, and to pay for
            yield AnthropicModel(offer.name, provider=anthropic)
        else:
            openai = OpenAIProvider(api_key=key, base_url=url, http_client=http)
            openai.client.max_retries = 0
            yield OpenAIChatModel(offer.name, provider=openai)


def _key(path: str) -> str:
    try:
        key = Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise KeyMissing(f"the model's key file {path} cannot be read: {type(error).__name__}") from None
    if not key:
        raise KeyMissing(f"the model's key file {path} is empty")
    if not (key.isascii() and key.isprintable()):
        raise KeyMissing(f"the model's key file {path} must hold one line of ASCII, the key and nothing else")
    return key
