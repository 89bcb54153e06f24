"""How a person reaches the API server: kubeconfig, context, impersonation, and who they are there."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from kubernetes.aio.client.api_client import ApiClient
from kubernetes.aio.client.configuration import Configuration
from kubernetes.aio.config import ConfigException, load_incluster_config, load_kube_config

from cupel.api.common import JsonObject

from .client import JSON, Client
from .connect import access, api_client
from .errors import Denied, Weather
from .resources import NAMESPACE
from .target import Target

DEFAULT_PATH = "~/.kube/config"
IN_CLUSTER_NAMESPACE = Path("/var/run/secrets/kubernetes.io/serviceaccount/namespace")
SELF_REVIEW = "/apis/authentication.k8s.io/v1/selfsubjectreviews"


class NoCluster(Exception):
    """There is nothing to connect to; the text says what is missing and how to give it."""


@dataclass(frozen=True)
class Reached:
    """A connection under the caller's identity."""

    client: Client
    namespace: str
    token: str
    """The bearer token of the kubeconfig; empty when it uses certificates."""
    place: str
    """Server, kubeconfig and context, for who has to find out why it does not answer."""


async def reach(target: Target) -> Reached:
    """Connect as kubectl would. Raises NoCluster; nothing is sent yet."""
    found: Configuration = Configuration()
    try:
        namespace, as_user, as_groups, context = await _configure(found, target)
        token = (await access(found)).token
        api = api_client(found)
    except (ConfigException, OSError, yaml.YAMLError, ValueError, TypeError, KeyError) as error:
        raise NoCluster(_missing(target, error)) from error
    api.user_agent = "cupel-cli"
    _impersonate(api, target.as_user or as_user, target.as_groups or as_groups)
    place = f"server {found.host}, {context}"
    return Reached(Client(api), target.namespace or namespace or "default", token, place)


def _impersonate(api: ApiClient, user: str, groups: tuple[str, ...]) -> None:
    """As kubectl's --as and --as-group: each group is a header of its own."""
    session = api.rest_client.pool_manager
    assert session is not None  # noqa: S101  # api_client made it
    if user:
        session.headers["Impersonate-User"] = user
    for group in groups:
        session.headers.add("Impersonate-Group", group)


def another(client: Client) -> Client:
    """The same connection once more, under the same identity, to be closed on its own."""
    mine, theirs = client.api.rest_client.pool_manager, api_client(client.api.configuration)
    assert mine is not None and theirs.rest_client.pool_manager is not None  # noqa: S101  # api_client made them
    theirs.user_agent = client.api.user_agent
    theirs.rest_client.pool_manager.headers.extend(mine.headers)
    return Client(theirs)


def _paths(target: Target) -> str:
    return target.kubeconfig or os.environ.get("KUBECONFIG", "").strip()


async def _configure(found: Configuration, target: Target) -> tuple[str, str, tuple[str, ...], str]:
    """Fill in the configuration; answers the context's namespace, whom its user acts as, and its source."""
    path = _paths(target)
    home = Path(DEFAULT_PATH).expanduser()
    if not path and not home.exists() and "KUBERNETES_SERVICE_HOST" in os.environ:
        load_incluster_config(client_configuration=found)  # type: ignore[no-untyped-call]  # untyped there
        return IN_CLUSTER_NAMESPACE.read_text().strip(), "", (), "as this Pod's service account"
    names = [each for each in (path or str(home)).split(os.pathsep) if each]
    if not any(Path(name).expanduser().exists() for name in names):
        raise OSError("there is no such file")
    loader: Any = await load_kube_config(  # type: ignore[no-untyped-call]  # untyped there
        config_file=path or str(home),
        context=target.context or None,
        client_configuration=found,
        persist_config=False,
    )
    user: JsonObject = loader._user.value if loader._user is not None else {}
    namespace = loader.current_context["context"].get("namespace")
    context = f"kubeconfig {path or home}, context {loader.current_context['name']}"
    return str(namespace or ""), str(user.get("as") or ""), tuple(user.get("as-groups") or ()), context


def _missing(target: Target, error: Exception) -> str:
    path = _paths(target) or DEFAULT_PATH
    if target.context and f"name {target.context}" in str(error):
        return f"kubeconfig {path} has no context {target.context}: see kubectl config get-contexts"
    reason = " ".join(str(error).split())[:200]
    return f"kubeconfig {path} cannot be used ({reason}): set KUBECONFIG or give --kubeconfig"


async def is_absent(client: Client, namespace: str) -> bool:
    """Whether it is certain that there is no such namespace; False also for who may not know."""
    try:
        return await client.get(NAMESPACE, "", namespace) is None
    except (Denied, Weather):
        return False


async def who_am_i(client: Client) -> str:
    """The user name the API server knows the caller by. Raises Denied and Weather."""
    review = {"apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview"}
    answer = await client._send("POST", SELF_REVIEW, body=review, mime=JSON)
    return str(answer["status"]["userInfo"]["username"])
