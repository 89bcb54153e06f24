"""What an author's test has: gaps judged as the operator would, the tools that come of them, author processes."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.contract.admission.server import MERGE, OPERATOR, SERVING, Server, eventually
from tests.support.provider import KEY, Provider, Say, providing
from tests.support.waiting import until

from cupel.api.bundle import bundle_of
from cupel.api.generated_tool import GeneratedTool
from cupel.decide import desired

PACKAGES = Path(__file__).parents[3] / "operator"
KINDS = f"/apis/cupel.dev/v1alpha1/namespaces/{SERVING}"
TEMPLATE = {"generator": "Template", "template": "unit-convert", "parameters": {}}
MODEL = {"generator": "Model"}


@dataclass
class Stage:
    """One test's things; everything it starts ends with it."""

    server: Server
    kubeconfig: Path
    folder: Path
    running: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def policy(self, **generation: Any) -> None:
        body = {
            "apiVersion": "cupel.dev/v1alpha1", "kind": "ToolPolicy", "metadata": {"name": "default"},
            "spec": {"generation": {"generators": ["Template", "OpenAPI", "Model"]} | generation},
        }  # fmt: skip
        path = f"{KINDS}/toolpolicies/default?fieldManager=tests&force=true"
        self.server.call("PATCH", path, body, mime="application/apply-patch+yaml").allowed()

    def gap(self, name: str, plan: dict[str, Any], by: str = "", **spec: Any) -> None:
        """A gap whose plan the operator has made, for the tool of the same name."""
        wanted = {"wish": "count the words of a text"} | spec
        body = {
            "apiVersion": "cupel.dev/v1alpha1",
            "kind": "CapabilityGap",
            "metadata": {"name": name},
            "spec": wanted,
        }
        made = self.server.call("POST", f"{KINDS}/capabilitygaps", body, user=by).allowed().body
        self.planned(name, plan, made["metadata"]["generation"])

    def planned(self, name: str, plan: dict[str, Any], generation: int = 1) -> None:
        condition = {
            "type": "Planned", "status": "True", "reason": "TemplateFits", "message": "",
            "lastTransitionTime": datetime.now(UTC).isoformat(timespec="seconds"),
        }  # fmt: skip
        status = {
            "plan": {"toolName": name} | plan,
            "conditions": [condition],
            "observedGeneration": generation,
        }
        path = f"{KINDS}/capabilitygaps/{name}/status"
        self.server.call("PATCH", path, {"status": status}, OPERATOR, MERGE).allowed()

    def drafting(self, name: str) -> list[dict[str, Any]]:
        found = self.server.get(f"{KINDS}/capabilitygaps/{name}")
        return list(found.get("status", {}).get("drafting", []))

    def outcomes(self, name: str) -> list[str]:
        return [one["outcome"] for one in self.drafting(name)]

    def tool(self, name: str) -> dict[str, Any] | None:
        answer = self.server.call("GET", f"{KINDS}/generatedtools/{name}")
        return answer.body if answer.ok else None

    def refused(self, name: str, findings: list[dict[str, Any]]) -> None:
        """The operator's verdict on the tool's present content: the analyser refuses it."""
        tool = self.tool(name)
        assert tool is not None
        number = tool["metadata"]["generation"]
        parsed = GeneratedTool.parse(tool)
        revision = desired.revision(parsed, bundle_of(parsed), "1.0.0")
        eventually(lambda: self.server.create(revision, OPERATOR), allowed=True).allowed()
        rev_name = revision["metadata"]["name"]
        evidence = {"analyser": "a/1", "verdict": "Refused", "findings": findings}
        path = f"{KINDS}/toolrevisions/{rev_name}/status"
        self.server.call("PATCH", path, {"status": {"analysis": evidence}}, OPERATOR, MERGE).allowed()
        condition = {
            "type": "Analyzed", "status": "False", "reason": "Refused", "message": "",
            "lastTransitionTime": datetime.now(UTC).isoformat(timespec="seconds"),
        }  # fmt: skip
        status = {"conditions": [condition], "observedGeneration": number, "revision": rev_name}
        path = f"{KINDS}/generatedtools/{name}/status"
        self.server.call("PATCH", path, {"status": status}, OPERATOR, MERGE).allowed()

    def author(self, provider: Provider | None = None, **settings: str) -> subprocess.Popen[bytes]:
        """One more author, which ends with this test, also if the test is killed."""
        key = self.folder / "key"
        key.write_text(KEY)
        model = {
            "CUPEL_MODEL_NAME": "small-model", "CUPEL_MODEL_URL": f"http://127.0.0.1:{provider.port}/v1",
            "CUPEL_MODEL_KEY_FILE": str(key), "CUPEL_MODEL_SECONDS": "20",
        } if provider else {}  # fmt: skip
        environment = os.environ | {
            "KUBECONFIG": str(self.kubeconfig), "PYTHONPATH": str(PACKAGES), "CUPEL_HTTP_HOST": "127.0.0.1",
            "CUPEL_HTTP_PORT": "0", "CUPEL_AUTHOR_RESYNC_SECONDS": "1", **model, **settings,
        }  # fmt: skip
        path = self.folder / f"author-{len(list(self.folder.glob('author-*.log')))}.log"
        with path.open("wb") as log:
            process = subprocess.Popen(
                ["setpriv", "--pdeathsig=KILL", sys.executable, "-m", "cupel.author"],
                env=environment, stdout=log, stderr=log,
            )  # fmt: skip
        self.running.append(process)
        until(lambda: "serves /livez" in path.read_text(), 90, "the author serves")
        return process

    def said(self) -> str:
        return "".join(path.read_text() for path in sorted(self.folder.glob("author-*.log")))

    def kill(self) -> None:
        for process in self.running:
            process.send_signal(signal.SIGKILL)
            process.wait(20)
        self.running.clear()

    def close(self) -> None:
        for name in [one["metadata"]["name"] for one in self.server.get(f"{KINDS}/capabilitygaps")["items"]]:
            self.server.delete(f"{KINDS}/capabilitygaps/{name}")
        self.server.delete(f"{KINDS}/toolpolicies/default")
        for process in self.running:
            process.terminate()
        for process in self.running:
            assert process.wait(20) == 0, self.said()[-2000:]
        assert '"level": "ERROR"' not in self.said(), self.said()[-3000:]


@contextmanager
def provider_of(*script: Say, **by_word: list[Say]) -> Iterator[Provider]:
    """A provider on a loop and a thread of its own, while the test waits for processes."""
    ready, ends = threading.Event(), threading.Event()
    found: list[Provider] = []

    async def serve() -> None:
        async with providing(*script, **by_word) as there:
            found.append(there)
            ready.set()
            while not ends.is_set():
                await asyncio.sleep(0.05)

    def run() -> None:
        with asyncio.Runner() as runner:
            runner.run(serve())

    thread = threading.Thread(target=run)
    thread.start()
    try:
        assert ready.wait(10)
        yield found[0]
    finally:
        ends.set()
        thread.join(20)
