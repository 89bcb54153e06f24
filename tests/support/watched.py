"""Objects of one kind as `kubectl get --watch` tells of them: the newest of each, waited for without asking again."""

from __future__ import annotations

import json
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Body = dict[str, Any]


@dataclass(frozen=True)
class Sight:
    """One change of one object; `at` is time.monotonic() when it was read."""

    at: float
    body: Body
    """Empty once the object is gone."""


class Watched:
    """Use as a context manager. `seen` holds every change since it was entered, by name, oldest first."""

    def __init__(self, kubectl: Sequence[str], kind: str, namespace: str, env: Mapping[str, str]) -> None:
        watch = ["get", kind, "-n", namespace, "--watch", "--output-watch-events", "-o", "json"]
        self._command, self._env = [*kubectl, *watch], env
        self.seen: dict[str, list[Sight]] = {}
        self._news = threading.Condition()
        self._ended = False

    def __enter__(self) -> Watched:
        self._process = subprocess.Popen(
            self._command, env=self._env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait(10)
        self._thread.join(10)
        if self._process.stdout:
            self._process.stdout.close()

    def body(self, name: str) -> Body:
        """The newest known; empty when there is none, or no longer."""
        sights = self.seen.get(name, [])
        return sights[-1].body if sights else {}

    def wait(self, seen: Callable[[], Any], seconds: float) -> Any:
        """The first true answer of `seen`, asked after every change; its last answer when time is up."""
        end = time.monotonic() + seconds
        with self._news:
            while not (answer := seen()) and (left := end - time.monotonic()) > 0:
                if self._ended:
                    raise RuntimeError(f"{' '.join(self._command)} ended")
                self._news.wait(left)
            return answer

    def _read(self) -> None:
        for line in self._process.stdout or ():  # with watch events, kubectl prints one object a line
            if line.endswith("\n"):  # else it was told to end while it wrote
                self._note(json.loads(line))
        with self._news:
            self._ended = True
            self._news.notify_all()

    def _note(self, event: Body) -> None:
        body = event["object"]
        sight = Sight(time.monotonic(), {} if event["type"] == "DELETED" else body)
        with self._news:
            self.seen.setdefault(body["metadata"]["name"], []).append(sight)
            self._news.notify_all()
