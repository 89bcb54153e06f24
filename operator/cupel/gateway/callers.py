"""Who calls, and the file of bearer tokens that says so. A token is never kept, only its sha256."""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
import os
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from cupel.api.common import ObjectName
from cupel.kube.access import User

log = logging.getLogger(__name__)

EVERYWHERE = "*"
Scope = Literal["read", "call", "ask", "feedback"]
"""What a token may do: see tools, call them, ask for what is missing, say what answers were worth."""
ALL: frozenset[Scope] = frozenset({"read", "call", "ask", "feedback"})
AS_BEFORE: tuple[Scope, ...] = ("read", "call")
"""Of tokens that name no scopes: what they could do before there were any."""
MAX_TOKENS = 1000
MOST_TENANT_CHARACTERS = 500
MOST_NAME_CHARACTERS = 253
MAX_FILE_BYTES = 4_194_304


@dataclass(frozen=True)
class Caller:
    """Somebody who showed a valid token."""

    name: str
    """`token/<name>` for a token of the file, otherwise the Kubernetes user name."""
    namespaces: frozenset[str]
    """Serving namespaces whose tools they may call."""
    tenant: str
    """Whose state their calls see: from what proved who they are, never from what they say."""
    user: User | None = None
    """Who they are to the API server; None for a token of the file."""
    scopes: frozenset[Scope] = ALL
    """What their token is for. Rights still count beside it: a Kubernetes token has all of them."""


class Token(BaseModel):
    """One line of the file."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    name: Annotated[str, Field(min_length=1, max_length=253)]
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    namespaces: Annotated[tuple[ObjectName | Literal["*"], ...], Field(max_length=1000)]
    tenant: Annotated[str, Field(min_length=1, max_length=253, pattern=r"^[^\x00-\x1f\x7f]+$")] | None = None
    """Tokens that name the same tenant share its state; each has a tenant of its own where none is named."""
    scopes: Annotated[tuple[Scope, ...], Field(min_length=1, max_length=4)] = AS_BEFORE


def tenant_of_token(token: Token) -> str:
    """The tenant of a token of the file. The first word says who named it, so that no two kinds can meet."""
    return f"shared/{token.tenant}" if token.tenant else f"token/{token.name}"


def tenant_of_user(user: User) -> str:
    """The tenant of a Kubernetes user; a name that the store could not hold goes by its hash."""
    if len(user.name) <= MOST_TENANT_CHARACTERS and user.name.isprintable():
        return f"user/{user.name}"
    return f"user-sha256/{hashlib.sha256(user.name.encode('utf-8', 'backslashreplace')).hexdigest()}"


def asker(caller: Caller) -> str:
    """Who asked, as a gap names them: those may not review what is made for it."""
    if caller.user is None or len(caller.name) <= MOST_NAME_CHARACTERS:
        return caller.name
    return f"user-sha256/{hashlib.sha256(caller.name.encode('utf-8', 'backslashreplace')).hexdigest()}"


class TokensUnusable(ValueError):
    """The file of tokens cannot be read; the text names the line and the field, and shows no token."""


def parse_tokens(text: str) -> tuple[Token, ...]:
    """A JSON array of tokens, or one JSON object on each line; blank lines and `#` lines are skipped.

    Raises TokensUnusable.
    """
    if text.lstrip().startswith("["):
        try:
            items = json.loads(text)
        except (ValueError, RecursionError):
            raise TokensUnusable("the array is not JSON") from None
        numbered = [(f"entry {n}", json.dumps(item)) for n, item in enumerate(items, 1)]
    else:
        lines = [(f"line {n}", line.strip()) for n, line in enumerate(text.splitlines(), 1)]
        numbered = [(where, line) for where, line in lines if line and not line.startswith("#")]
    if len(numbered) > MAX_TOKENS:
        raise TokensUnusable(f"there are more than {MAX_TOKENS} tokens")
    return tuple(_token(where, item) for where, item in numbered)


def _token(where: str, item: str) -> Token:
    try:
        return Token.model_validate_json(item)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        field = ".".join(str(part) for part in first["loc"])
        raise TokensUnusable(f"{where}{f', `{field}`' if field else ''}: {first['msg']}") from None


class TokenFile:
    """The tokens of a file, read again when the file changed. An unreadable new version changes nothing."""

    def __init__(self, path: str) -> None:
        """Raises TokensUnusable when the file cannot be read now."""
        self._path = path
        self._stamp = _stamp(path)
        self._tokens = _read(path)

    def refresh(self) -> None:
        """Look whether the file changed; cheap when it did not."""
        try:
            stamp = _stamp(self._path)
            if stamp == self._stamp:
                return
            self._stamp = stamp
            self._tokens = _read(self._path)
            log.info("read %d bearer tokens", len(self._tokens))
        except TokensUnusable as error:
            log.error("the file of bearer tokens is unusable, the earlier tokens stay valid: %s", error)

    def owner(self, token: str) -> Token | None:
        """Whose token this is. Takes the same time whatever the token is."""
        shown = hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
        found = None
        for known in self._tokens:
            if hmac.compare_digest(known.sha256, shown):
                found = known
        return found


def _stamp(path: str) -> tuple[int, int, int]:
    try:
        seen = os.stat(path)
    except OSError as error:
        raise TokensUnusable(f"{path}: {error.strerror}") from None
    return seen.st_ino, seen.st_size, seen.st_mtime_ns


def _read(path: str) -> tuple[Token, ...]:
    try:
        with open(path, "rb") as file:
            raw = file.read(MAX_FILE_BYTES + 1)
        if len(raw) > MAX_FILE_BYTES:
            raise TokensUnusable(f"{path} is larger than {MAX_FILE_BYTES} bytes")
        return parse_tokens(raw.decode("utf-8"))
    except OSError as error:
        raise TokensUnusable(f"{path}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise TokensUnusable(f"{path} is not UTF-8") from None
