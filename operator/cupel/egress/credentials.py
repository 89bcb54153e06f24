"""Credentials by name: the file that holds them, and which of them a call gets.

No value leaves in a text of ours: neither in an error, nor in a log, nor in a repr.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, Literal, Self
from urllib.parse import quote, unquote_plus

import yaml
from pydantic import AfterValidator, ConfigDict, Field, SecretStr, ValidationError, model_validator

from cupel.api.common import Model, ObjectName
from cupel.api.permissions import CredentialName, EgressTarget
from cupel.decide.redaction import Secret as Hidden
from cupel.decide.redaction import secret

from .directory import Caller
from .message import TOKEN, VALUE, Fields, without
from .target import Url

SHORTEST = 8
NEVER = frozenset(
    {"host", "content-length", "transfer-encoding", "connection", "te", "trailer", "upgrade", "expect"}
)


class Unusable(ValueError):
    """The credentials file cannot be used; the text says where and why, and quotes nothing of it."""


def _secret(value: SecretStr) -> SecretStr:
    text = value.get_secret_value()
    if len(text) < SHORTEST or not VALUE.fullmatch(text) or text != text.strip():
        raise ValueError(f"must be at least {SHORTEST} printable characters, without spaces around them")
    return value


def _header(name: str) -> str:
    if not TOKEN.fullmatch(name) or name.lower() in NEVER or name.lower().startswith("cupel-"):
        raise ValueError("must be the name of a header that a client may choose")
    return name


Secret = Annotated[SecretStr, AfterValidator(_secret)]


class _Part(Model):
    model_config = ConfigDict(hide_input_in_errors=True)


class Header(_Part):
    """Sent as a header field: prefix and value."""

    name: Annotated[str, Field(max_length=64), AfterValidator(_header)]
    prefix: Annotated[str, Field(max_length=32, pattern=r"^[\x20-\x7e]*$")] = ""
    value: Secret


class Query(_Part):
    """Sent as a parameter of the URL."""

    name: Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_.~-]+$")]
    value: Secret


class Basic(_Part):
    """Sent as `Authorization: Basic`."""

    username: Annotated[str, Field(min_length=1, max_length=128, pattern=r"^[\x20-\x39\x3b-\x7e]+$")]
    password: Secret


class Users(_Part):
    """Who may use a credential: every tool of a namespace that names it, or only these."""

    namespace: ObjectName
    tools: Annotated[tuple[ObjectName, ...], Field(min_length=1, max_length=256)] | None = None


class Credential(_Part):
    """One entry of the file."""

    name: CredentialName
    users: Annotated[tuple[Users, ...], Field(min_length=1, max_length=64)]
    target: EgressTarget
    transport: Literal["TLS", "Plain"] = "TLS"
    header: Header | None = None
    query: Query | None = None
    basic: Basic | None = None

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if sum(way is not None for way in (self.header, self.query, self.basic)) != 1:
            raise ValueError("exactly one of `header`, `query` and `basic` must be set")
        return self

    def serves(self, caller: Caller, url: Url) -> bool:
        """Whether a call gets it: its bundle names it, and the file allows tool, target and transport."""
        allowed = any(
            users.namespace == caller.namespace and (users.tools is None or caller.bundle.tool in users.tools)
            for users in self.users
        )
        safe = url.scheme == "https" or self.transport == "Plain"
        return allowed and safe and self.name in caller.bundle.credentials and self.target == str(url.target)


class File(_Part):
    """The whole file."""

    credentials: Annotated[tuple[Credential, ...], Field(max_length=500)] = ()

    @model_validator(mode="after")
    def _named_once(self) -> Self:
        names = [each.name for each in self.credentials]
        if len(names) != len(set(names)):
            raise ValueError("two credentials have one name")
        return self


def parse(content: bytes) -> tuple[Credential, ...]:
    """Read the file, YAML or JSON. Raises Unusable."""
    try:
        body = yaml.safe_load(content)
        return File.model_validate(body if body is not None else {}, by_alias=True, by_name=False).credentials
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise Unusable(f"line {mark.line + 1 if mark else '?'} is no YAML") from None
    except (ValidationError, RecursionError) as error:
        raise Unusable(_where(error)) from None


def _where(error: ValidationError | RecursionError) -> str:
    """Place and rule of the first problem; never its value, nor a key that is not ours."""
    if isinstance(error, RecursionError):
        return "nested too deeply"
    first = error.errors(include_input=False, include_context=False, include_url=False)[0]
    known = {name for model in (File, Credential, Users, Header, Query, Basic) for name in model.model_fields}
    path = ".".join(str(p) if isinstance(p, int) or p in known else "(unknown field)" for p in first["loc"])
    return f"{path or 'the file'}: {first['msg']}"


@dataclass(frozen=True)
class Sent:
    """A call with its credentials added, and what must not come back."""

    path: str
    fields: Fields
    secrets: tuple[Hidden, ...] = ()

    def __repr__(self) -> str:
        return "Sent(...)"


def add(credentials: Iterable[Credential], path: str, fields: Fields) -> Sent:
    """Put credentials in, in place of what the tool sent under the same names."""
    hidden: list[Hidden] = []
    for each in credentials:
        if each.header:
            value = each.header.value.get_secret_value()
            fields = (*without(fields, [each.header.name]), (each.header.name, each.header.prefix + value))
            hidden.append(secret(value))
        elif each.query:
            value = each.query.value.get_secret_value()
            path = _with_parameter(path, each.query.name, value)
            hidden.append(secret(value))
        elif each.basic:
            password = each.basic.password.get_secret_value()
            pair = f"{each.basic.username}:{password}"
            token = base64.b64encode(pair.encode("latin-1")).decode()
            fields = (*without(fields, ["authorization"]), ("Authorization", f"Basic {token}"))
            hidden += [secret(token), secret(password)]
    if hidden:  # compressed or partial answers could not be searched
        fields = (*without(fields, ["accept-encoding", "range", "if-range"]), ("Accept-Encoding", "identity"))
    return Sent(path, fields, tuple(hidden))


def _with_parameter(path: str, name: str, value: str) -> str:
    before, mark, query = path.partition("?")
    kept = [part for part in query.split("&") if mark and unquote_plus(part.partition("=")[0]) != name]
    added = f"{name}={quote(value, safe='')}"
    return f"{before}?{'&'.join([*kept, added])}"
