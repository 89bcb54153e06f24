"""The API server over plain HTTP, as the administrator or as anyone: what tests say when kubectl says too much."""

from __future__ import annotations

import http.client
import json
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml

SERVICE_ACCOUNT = "system:serviceaccount:"


@dataclass(frozen=True)
class Answer:
    """Status code and decoded body; `text` is for messages of failed assertions."""

    code: int
    body: Any

    @property
    def text(self) -> str:
        return json.dumps(self.body)[:900]


def groups_of(user: str) -> list[str]:
    """The groups every user of this name has."""
    groups = ["system:authenticated"]
    if user.startswith(SERVICE_ACCOUNT):
        groups += ["system:serviceaccounts", f"system:serviceaccounts:{user.split(':')[2]}"]
    return groups


class Api:
    """One API server, reached with a kubeconfig whose certificates are files."""

    def __init__(self, kubeconfig: Path) -> None:
        config = yaml.safe_load(kubeconfig.read_text(encoding="utf-8"))
        cluster, user = config["clusters"][0]["cluster"], config["users"][0]["user"]
        self.address = urlsplit(cluster["server"]).netloc
        self.tls = ssl.create_default_context(cafile=cluster["certificate-authority"])
        self.tls.load_cert_chain(user["client-certificate"], user["client-key"])

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        user: str | None = None,
        groups: Sequence[str] = (),
        content_type: str = "application/json",
    ) -> Answer:
        """One request, impersonating `user` with `groups` and the groups that go with the name."""
        connection = http.client.HTTPSConnection(self.address, context=self.tls, timeout=30)
        try:
            connection.putrequest(method, path)
            payload = b"" if body is None else json.dumps(body).encode()
            headers = [
                ("Content-Type", content_type),
                ("Accept", "application/json"),
                ("Content-Length", str(len(payload))),
            ]
            if user is not None:
                headers.append(("Impersonate-User", user))
                headers += [("Impersonate-Group", group) for group in [*groups, *groups_of(user)]]
            for name, value in headers:
                connection.putheader(name, value)
            connection.endheaders(payload)
            response = connection.getresponse()
            return Answer(response.status, decoded(response.read()))
        finally:
            connection.close()

    def apply(self, path: str, body: Any, **who: Any) -> Answer:
        """Server-side apply under the tests' own field manager."""
        query = "?fieldManager=cupel-tests&force=true"
        return self.call("PATCH", path + query, body, content_type="application/apply-patch+yaml", **who)

    def merge(self, path: str, body: Any, **who: Any) -> Answer:
        return self.call("PATCH", path, body, content_type="application/merge-patch+json", **who)


def decoded(content: bytes) -> Any:
    try:
        return json.loads(content)
    except ValueError:
        return content.decode("utf-8", "replace")
