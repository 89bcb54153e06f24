"""An HTTP server that gives a thread to so many connections and no more."""

from __future__ import annotations

import threading
from http.server import ThreadingHTTPServer

TYPE_CHECKING = False  # as typing's, which costs every process a megabyte
if TYPE_CHECKING:
    from typing import Any


class BoundedServer(ThreadingHTTPServer):
    """A thread for each connection, up to `max_connections`; beyond that a connection is closed at once."""

    daemon_threads = True
    max_connections: int

    def __init__(self, *args: Any, **options: Any) -> None:
        self._connections = threading.Semaphore(self.max_connections)
        super().__init__(*args, **options)

    def process_request(self, request: Any, client_address: Any) -> None:
        if self._connections.acquire(blocking=False):
            super().process_request(request, client_address)
        else:
            self.shutdown_request(request)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._connections.release()
