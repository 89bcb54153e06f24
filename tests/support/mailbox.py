"""A real HTTP server that takes messages as apprise's json:// and xml:// URLs send them."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Mailbox(ThreadingHTTPServer):
    """Keeps what is posted to it. `status` is its answer; `delay` how long it thinks first."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Letter)
        self.letters: list[dict[str, str]] = []
        self.status = 200
        self.delay = 0.0
        self.arriving = threading.Condition()

    def newest(self, count: int = 1, seconds: float = 10) -> str:
        """The text of the letter that came last, once so many have."""
        with self.arriving:
            assert self.arriving.wait_for(lambda: len(self.letters) >= count, seconds), "no letter came"
            return self.letters[-1]["message"]

    @property
    def url(self) -> str:
        return f"json://user:S3cretWord@127.0.0.1:{self.server_port}/hook"


class Letter(BaseHTTPRequestHandler):
    server: Mailbox

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        letter = json.loads(body) if body.startswith("{") else {"message": body}
        time.sleep(self.server.delay)
        with self.server.arriving:
            self.server.letters.append(letter)
            self.server.arriving.notify_all()
        self.send_response(self.server.status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None: ...


@contextmanager
def mailboxes(count: int) -> Iterator[tuple[Mailbox, ...]]:
    """So many servers, each in a thread, gone at the end."""
    with ExitStack() as stack:
        yield tuple(stack.enter_context(served()) for _ in range(count))


@contextmanager
def served() -> Iterator[Mailbox]:
    with Mailbox() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield server
        server.shutdown()
        thread.join()
