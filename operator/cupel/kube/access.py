"""Whose token is this, and what may they do: TokenReview and SubjectAccessReview."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp
from kubernetes.aio.client.api_client import ApiClient

TOKEN_REVIEWS = "/apis/authentication.k8s.io/v1/tokenreviews"  # noqa: S105  # a path, no password
ACCESS_REVIEWS = "/apis/authorization.k8s.io/v1/subjectaccessreviews"
SELF_REVIEWS = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"
REVIEW_TIMEOUT = aiohttp.ClientTimeout(total=5)


class ReviewFailed(Exception):
    """The API server could not be asked; nothing is known about the caller."""


@dataclass(frozen=True)
class User:
    """Who a token belongs to, as the API server says."""

    name: str
    uid: str = ""
    groups: tuple[str, ...] = ()
    extra: tuple[tuple[str, tuple[str, ...]], ...] = ()


@dataclass(frozen=True)
class Permission:
    """One thing somebody may want to do."""

    verb: str
    group: str
    resource: str
    namespace: str


class Reviewer:
    """Asks the API server about other people's tokens and rights. Needs the role system:auth-delegator."""

    def __init__(self, client: ApiClient) -> None:
        self._client = client

    async def whose(self, token: str, audience: str) -> User | None:
        """The user of a token made for `audience`; None when it is not valid for it. Raises ReviewFailed."""
        spec = {"token": token, "audiences": [audience]}
        review = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenReview", "spec": spec}
        status = await self._create(TOKEN_REVIEWS, review)
        if status.get("authenticated") is not True or audience not in (status.get("audiences") or []):
            return None
        user = status.get("user") or {}
        if not user.get("username"):
            return None
        extra = (user.get("extra") or {}).items()
        return User(
            name=user["username"],
            uid=user.get("uid", ""),
            groups=tuple(user.get("groups") or ()),
            extra=tuple((key, tuple(values)) for key, values in extra),
        )

    async def may(self, user: User, wanted: Permission) -> bool:
        """Whether RBAC (or any other authorizer) lets `user` do this. Raises ReviewFailed."""
        spec = {
            "user": user.name,
            "uid": user.uid,
            "groups": list(user.groups),
            "extra": {key: list(values) for key, values in user.extra},
            "resourceAttributes": _attributes(wanted),
        }
        review = {"apiVersion": "authorization.k8s.io/v1", "kind": "SubjectAccessReview", "spec": spec}
        return _allowed(await self._create(ACCESS_REVIEWS, review))

    async def may_ourselves(self, wanted: Permission) -> bool:
        """Whether we may do this. Raises ReviewFailed."""
        spec = {"resourceAttributes": _attributes(wanted)}
        review = {"apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectAccessReview", "spec": spec}
        return _allowed(await self._create(SELF_REVIEWS, review))

    async def _create(self, path: str, review: Mapping[str, Any]) -> Mapping[str, Any]:
        try:
            request = await self._client.param_serialize(
                "POST",
                path,
                header_params={"Accept": "application/json", "Content-Type": "application/json"},
                body=dict(review),
                auth_settings=["BearerToken"],
            )
            answer = await self._client.call_api(*request, _request_timeout=REVIEW_TIMEOUT)
            response: aiohttp.ClientResponse = answer.response
            raw = await response.read()
            if response.status not in (200, 201):
                raise ReviewFailed(f"{path} answered with status {response.status}")
            status: Mapping[str, Any] = json.loads(raw)["status"]
        except (aiohttp.ClientError, OSError, ValueError, KeyError) as error:
            raise ReviewFailed(f"{path} failed: {type(error).__name__}") from error
        return status


def _attributes(wanted: Permission) -> Mapping[str, str]:
    return {
        "verb": wanted.verb,
        "group": wanted.group,
        "resource": wanted.resource,
        "namespace": wanted.namespace,
    }


def _allowed(status: Mapping[str, Any]) -> bool:
    return status.get("allowed") is True and status.get("denied") is not True
