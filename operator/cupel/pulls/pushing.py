"""Pushing both branches of a pull request to a git server by HTTP, in a thread: the library waits."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import urllib3
from dulwich.client import HTTPUnauthorized, Urllib3HttpGitClient
from dulwich.errors import GitProtocolError, NotGitRepository, SendPackError
from dulwich.objects import ObjectID
from dulwich.pack import UnpackedObject, pack_objects_to_data
from dulwich.refs import Ref

from cupel.decide.pull_files import Branch

from .commits import Made
from .problems import Away, Refused
from .token import Token

USER = "x-access-token"
"""What the host expects beside a token; other hosts take any name."""


class Pusher:
    """Knows where repositories are and what opens them."""

    def __init__(self, url: str, token: Token, timeout: float) -> None:
        self._url = url
        self._token = token
        self._timeout = timeout

    async def push(self, repository: str, branch: Branch, made: Made) -> None:
        """Both branches then hold what was made, whatever was there. Raises Away and Refused."""
        await asyncio.to_thread(self._push, repository, branch, made)

    def _push(self, repository: str, branch: Branch, made: Made) -> None:
        wanted = {
            Ref(f"refs/heads/{branch.base}".encode()): ObjectID(made.pushed.base.encode()),
            Ref(f"refs/heads/{branch.head}".encode()): ObjectID(made.pushed.head.encode()),
        }
        client = Urllib3HttpGitClient(
            f"{self._url}/", username=USER, password=self._token.read(), timeout=self._timeout, quiet=True
        )
        try:
            result = client.send_pack(f"{repository}.git", lambda _: dict(wanted), _packer(made))
        except (HTTPUnauthorized, NotGitRepository) as error:
            raise Refused(f"{repository} cannot be pushed to: {_said(error)}") from None
        except (GitProtocolError, SendPackError, urllib3.exceptions.HTTPError, OSError) as error:
            raise Away(f"the push to {repository} failed: {_said(error)}") from None
        finally:
            client.pool_manager.clear()
        bad = {ref: why for ref, why in (result.ref_status or {}).items() if why}
        if bad:
            raise Refused(
                f"{repository} took {len(bad)} of the branches not: {_text(next(iter(bad.values())))}"
            )


def _packer(made: Made) -> Any:
    """Everything, whatever the server says it has: it is a few files."""

    def pack(*_: object, **__: object) -> tuple[int, Iterator[UnpackedObject]]:
        unique = {each.id: each for each in made.objects}
        return pack_objects_to_data(list(unique.values()), deltify=False)

    return pack


def _said(error: Exception) -> str:
    """What kind of error, and nothing that it quotes: addresses may hold what is secret."""
    return {
        "HTTPUnauthorized": "the token is not accepted",
        "NotGitRepository": "there is no such repository, or the token may not write to it",
    }.get(type(error).__name__, type(error).__name__)


def _text(value: object) -> str:
    return str(value)[:200]
