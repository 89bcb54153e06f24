"""Secrets at rest: AES-256-GCM under keys from a file, bound to whose they are.

The database alone gives no codes away, and a row moved to another person's name cannot be opened.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32
NONCE_BYTES = 12
MAX_KEYS = 16


class KeysUnusable(ValueError):
    """The key file cannot be used; the text says why and shows no key."""


class Unreadable(ValueError):
    """A stored secret was encrypted under a key we do not have, or was changed."""


def new_key() -> str:
    """One line of a key file."""
    return base64.b64encode(os.urandom(KEY_BYTES)).decode("ascii")


class Vault:
    """Several keys: the first encrypts, all decrypt."""

    def __init__(self, text: str) -> None:
        """`text`: a key a line, Base64 of 32 bytes; blank lines and `#` are skipped. Raises KeysUnusable."""
        lines = [(number, line.strip()) for number, line in enumerate(text.splitlines(), 1)]
        keys = [_key(number, line) for number, line in lines if line and not line.startswith("#")]
        if not 1 <= len(keys) <= MAX_KEYS:
            raise KeysUnusable(f"it holds {len(keys)} keys, not 1 to {MAX_KEYS}: cupel codes keygen")
        self._keys = {_name(key): key for key in keys}
        self._first = _name(keys[0])

    @classmethod
    def read(cls, path: str) -> Vault:
        """Raises KeysUnusable."""
        try:
            return cls(Path(path).read_text("ascii"))
        except (OSError, UnicodeDecodeError) as error:
            raise KeysUnusable(f"{path} cannot be read: {type(error).__name__}") from None
        except KeysUnusable as error:
            raise KeysUnusable(f"{path}: {error}") from None

    def __repr__(self) -> str:
        return f"Vault({len(self._keys)} keys)"

    def encrypt(self, secret: str, owner: str) -> str:
        nonce = os.urandom(NONCE_BYTES)
        sealed = AESGCM(self._keys[self._first]).encrypt(nonce, secret.encode(), owner.encode())
        return f"{self._first}:{base64.b64encode(nonce + sealed).decode('ascii')}"

    def decrypt(self, stored: str, owner: str) -> str:
        """Raises Unreadable."""
        name, _, body = stored.partition(":")
        if name not in self._keys:
            raise Unreadable(f"it was encrypted under the key {name[:8]}, which the key file lacks")
        try:
            raw = base64.b64decode(body, validate=True)
            opened = AESGCM(self._keys[name]).decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], owner.encode())
        except (binascii.Error, InvalidTag, ValueError):
            raise Unreadable("it was changed, or belongs to somebody else") from None
        return opened.decode()

    def current(self, stored: str) -> bool:
        """Whether it is under the key that encrypts now."""
        return stored.partition(":")[0] == self._first

    def tag(self, purpose: str, message: str) -> str:
        """A MAC under the first key, 64 hexadecimal digits."""
        return _tag(self._keys[self._first], purpose, message)

    def holds(self, tag: str, purpose: str, message: str) -> bool:
        """Whether this is the MAC under one of the keys. Constant time for each."""
        found = [hmac.compare_digest(_tag(key, purpose, message), tag) for key in self._keys.values()]
        return any(found)


def _key(number: int, line: str) -> bytes:
    try:
        key = base64.b64decode(line, validate=True)
    except binascii.Error:
        key = b""
    if len(key) != KEY_BYTES:
        raise KeysUnusable(f"line {number} is no Base64 of {KEY_BYTES} bytes: cupel codes keygen")
    return key


def _name(key: bytes) -> str:
    """A name that says nothing of the key."""
    return hmac.new(key, b"cupel.dev/codes/name", hashlib.sha256).hexdigest()[:16]


def _tag(key: bytes, purpose: str, message: str) -> str:
    inner = hmac.new(key, f"cupel.dev/codes/{purpose}".encode(), hashlib.sha256).digest()
    return hmac.new(inner, message.encode(), hashlib.sha256).hexdigest()
