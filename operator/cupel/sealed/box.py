"""Sealing to a public key, and opening with its private half. A key pair is used once on either side."""

from __future__ import annotations

import base64
import binascii
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES = 32
NONCE_BYTES = 12
INFO = b"cupel.dev/sealed/v1"


class NotForUs(ValueError):
    """It was sealed for another key, for another context, or was changed."""


def readable_key(text: str) -> bool:
    """Whether this is the Base64 of a public key somebody can be sealed to."""
    try:
        X25519PrivateKey.generate().exchange(_public(text))  # refuses keys of small order
    except ValueError:
        return False
    return True


def seal(text: str, reader: str, context: str) -> str:
    """Base64 of ephemeral public key, nonce and ciphertext. `context` must be known to the reader, too.

    Raises ValueError when `reader` is no public key.
    """
    mine = X25519PrivateKey.generate()
    theirs = _public(reader)
    public = mine.public_key().public_bytes_raw()
    key = _derived(mine.exchange(theirs), public + theirs.public_bytes_raw())
    nonce = os.urandom(NONCE_BYTES)
    sealed = AESGCM(key).encrypt(nonce, text.encode(), context.encode())
    return base64.b64encode(public + nonce + sealed).decode("ascii")


class Reader:
    """A fresh key pair; `public_key` goes to who seals."""

    def __init__(self) -> None:
        self._private = X25519PrivateKey.generate()
        self._public = self._private.public_key().public_bytes_raw()
        self.public_key = base64.b64encode(self._public).decode("ascii")

    def open(self, sealed: str, context: str) -> str:
        """Raises NotForUs."""
        try:
            raw = base64.b64decode(sealed, validate=True)
            public, rest = raw[:KEY_BYTES], raw[KEY_BYTES:]
            shared = self._private.exchange(X25519PublicKey.from_public_bytes(public))
            key = _derived(shared, public + self._public)
            return AESGCM(key).decrypt(rest[:NONCE_BYTES], rest[NONCE_BYTES:], context.encode()).decode()
        except (binascii.Error, InvalidTag, ValueError):
            raise NotForUs("what came back was not sealed for this key") from None


def _public(text: str) -> X25519PublicKey:
    return X25519PublicKey.from_public_bytes(base64.b64decode(text, validate=True))


def _derived(shared: bytes, salt: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=salt, info=INFO).derive(shared)
