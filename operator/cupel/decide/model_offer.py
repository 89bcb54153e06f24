"""A model that may be asked: where it is, how long and how much it may answer, and what that costs."""

from __future__ import annotations

from dataclasses import dataclass

from .spending import Spent


@dataclass(frozen=True)
class ModelOffer:
    """One model at one provider."""

    provider: str
    """`openai` (and everything that speaks its wire format: Bedrock, vLLM, Ollama) or `anthropic`."""
    name: str
    url: str
    """Base URL; empty for the provider's own."""
    key_file: str
    seconds: float
    """The longest one request may take."""
    answer_tokens: int
    """The most tokens of one answer."""
    input_price: int
    """Of a million tokens sent, in millionths of a currency."""
    output_price: int

    def cost(self, sent: int, answered: int) -> Spent:
        """Tokens and their cost, rounded up."""
        micros = sent * self.input_price + answered * self.output_price
        return Spent(sent + answered, -(-micros // 1_000_000))
