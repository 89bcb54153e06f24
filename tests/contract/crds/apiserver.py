"""A plain HTTPS client of an API server: what a test sends is what the server gets, byte for byte."""

from __future__ import annotations

import base64
import http.client
import json
import ssl
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml
from tests.support.waiting import until as until

JSON = "application/json"
APPLY = "application/apply-patch+yaml"
MERGE = "application/merge-patch+json"


@dataclass(frozen=True)
class Answer:
    code: int
    body: dict[str, Any]

    @property
    def message(self) -> str:
        return str(self.body.get("message", ""))

    def good(self) -> dict[str, Any]:
        assert self.code < 300, f"{self.code}: {self.message}"
        return self.body


class Server:
    """Speaks to the cluster of a kubeconfig as the user in it (client certificate or token)."""

    def __init__(self, kubeconfig: Path) -> None:
        config = yaml.safe_load(kubeconfig.read_text("utf-8"))
        cluster, user = config["clusters"][0]["cluster"], config["users"][0]["user"]
        self.kubeconfig = kubeconfig
        self._host = urlsplit(cluster["server"]).netloc
        self._headers = {"Authorization": f"Bearer {user['token']}"} if "token" in user else {}
        self._tls = ssl.create_default_context(
            cadata=_data(cluster, "certificate-authority", kubeconfig).decode()
        )
        if "token" not in user:
            self._certify(user)

    def _certify(self, user: dict[str, str]) -> None:
        with tempfile.NamedTemporaryFile() as file:
            file.write(_data(user, "client-certificate", self.kubeconfig))
            file.write(b"\n" + _data(user, "client-key", self.kubeconfig))
            file.flush()
            self._tls.load_cert_chain(file.name)

    def call(self, method: str, path: str, body: Any = None, mime: str = JSON, accept: str = "*/*") -> Answer:
        """One request. `body` is sent as JSON unless it is bytes already."""
        content = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        connection = http.client.HTTPSConnection(self._host, context=self._tls, timeout=60)
        try:
            connection.request(
                method, path, content, {**self._headers, "Content-Type": mime, "Accept": accept}
            )
            response = connection.getresponse()
            text = response.read()
        finally:
            connection.close()
        return Answer(response.status, json.loads(text) if text[:1] == b"{" else {"message": text.decode()})


def _data(entry: dict[str, str], name: str, beside: Path) -> bytes:
    """A certificate or key, which a kubeconfig holds inline or names as a file."""
    if f"{name}-data" in entry:
        return base64.b64decode(entry[f"{name}-data"])
    return (beside.parent / entry[name]).read_bytes()
