"""Secrets for one reader (X25519, HKDF-SHA256, AES-256-GCM), and secrets at rest under keys from a file."""

from .box import NotForUs, Reader, readable_key, seal
from .vault import KeysUnusable, Unreadable, Vault, new_key

__all__ = ["KeysUnusable", "NotForUs", "Reader", "Unreadable", "Vault", "new_key", "readable_key", "seal"]
