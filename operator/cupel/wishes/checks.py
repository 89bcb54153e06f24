"""The reader of the template that validates."""

# ruff: noqa: E501  # tables of words
from __future__ import annotations

from .heard import Heard
from .reading import Read, in_order

_KINDS = {
    "email": "email", "iban": "iban", "isbn": "isbn", "luhn": "luhn", "card": "card", "nip": "nip", "pesel": "pesel", "nif": "nif",
    "cpf": "cpf", "cnpj": "cnpj", "vat": "vat", "uuid": "uuid", "url": "url", "link": "url", "phone": "phone", "date": "date", "json": "json",
}  # fmt: skip
_CHECKING = frozenset({"validate", "correct", "wellformed", "checksum", "format"})
_FITS_IN = frozenset("number text address value digit account bank form whether tax code syntax".split())


def validate(heard: Heard) -> Read | None:
    """What is checked: the kinds that are named."""
    checking = heard.any(_CHECKING - {"format"})
    kinds = tuple(dict.fromkeys(_KINDS[word] for word in heard.meanings if word in _KINDS))
    if not checking or not kinds or heard.any({"extract", "track", "csv", "exist", "send"}):
        return None
    said = heard.any(_KINDS)
    return Read({"kinds": list(kinds)}, in_order(said | checking, heard), said | _CHECKING | _FITS_IN)
