"""A proxy in front of the API server that stores a chosen write and loses its answer."""

from __future__ import annotations

import http.client
import ssl
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml

HOP = frozenset({"connection", "transfer-encoding", "keep-alive", "content-length"})


class Losing:
    """Use as a context manager. `kubeconfig` is whose cluster; what is sent carries its own credentials."""

    def __init__(self, kubeconfig: Path) -> None:
        config: dict[str, Any] = yaml.safe_load(kubeconfig.read_text())
        cluster = config["clusters"][0]["cluster"]
        self.host = urlsplit(cluster["server"]).netloc
        self.tls = ssl.create_default_context(cafile=cluster["certificate-authority"])
        self.lose = 0
        """How many answers to writes of `scale` are still lost."""
        self.writes: list[str] = []
        """Bodies of all writes of `scale`, in order."""
        losing = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                losing.forward(self)

            do_POST = do_PUT = do_PATCH = do_DELETE = do_GET

            def log_message(self, *_: object) -> None:
                """The test's output is the test's."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    def __enter__(self) -> Losing:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def forward(self, asked: BaseHTTPRequestHandler) -> None:
        body = asked.rfile.read(int(asked.headers.get("Content-Length", 0)))
        scales = asked.command == "PATCH" and "/scale" in asked.path
        if scales:
            self.writes.append(body.decode())
        upstream = http.client.HTTPSConnection(self.host, context=self.tls)
        try:
            headers = {
                name: value for name, value in asked.headers.items() if name.lower() not in HOP | {"host"}
            }
            upstream.request(asked.command, asked.path, body or None, headers)
            answer = upstream.getresponse()
            if scales and self.lose > 0:
                self.lose -= 1
                answer.read()  # it was stored; nobody is told
                return
            asked.send_response(answer.status)
            for name, value in answer.getheaders():
                if name.lower() not in HOP:
                    asked.send_header(name, value)
            asked.end_headers()
            while chunk := answer.read1(65_536):
                asked.wfile.write(chunk)
                asked.wfile.flush()
        except OSError:
            return  # either side is gone
        finally:
            upstream.close()
            asked.close_connection = True
