"""Which model is asked, and by which provider: the one place that names them."""

from __future__ import annotations

from pathlib import Path

from pydantic_ai.models import Model
from pydantic_ai.models.anthropic import AnthropicModel
from pydantic_ai.models.openai import OpenAIChatModel
from pydantic_ai.providers.anthropic import AnthropicProvider
from pydantic_ai.providers.openai import OpenAIProvider

from cupel.decide.model_offer import ModelOffer


class KeyMissing(Exception):
    """The file with the provider's key cannot be read, or is empty."""


def model_of(offer: ModelOffer) -> Model:
    """The model to ask. The key is read anew each time, so that a rotated one counts. Raises KeyMissing.

    Bedrock is asked at its OpenAI-compatible endpoint with a Bedrock API key: signing needs boto3, which
    cannot be installed beside the Kubernetes client (they want different versions of python-dateutil).
    """
    key = _key(offer.key_file)
    if offer.provider == "anthropic":
        anthropic = AnthropicProvider(api_key=key, base_url=offer.url or None)
        anthropic.client.max_retries = 0  # trying again is the author's to decide, and to pay for
        return AnthropicModel(offer.name, provider=anthropic)
    openai = OpenAIProvider(api_key=key, base_url=offer.url or None)
    openai.client.max_retries = 0
    return OpenAIChatModel(offer.name, provider=openai)


def _key(path: str) -> str:
    try:
        key = Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise KeyMissing(f"the model's key file {path} cannot be read: {type(error).__name__}") from None
    if not key:
        raise KeyMissing(f"the model's key file {path} is empty")
    return key
