"""A proxy in this process, on real sockets: what the API server would say is put into the directory's own stores."""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from cupel.api.bundle import Bundle, bundle_of, revision_name, short
from cupel.api.generated_tool import GeneratedTool
from cupel.egress.process import Process, running
from cupel.settings.egress import egress_settings

from .targets import Authority, Names, authority

# Before Python 3.12 the policy makes a loop when pytest-asyncio asks for the present one, and nobody closes it.
asyncio.set_event_loop(None)

SECRET = "s3cret/value+7391"
CODE = "def run(ctx, /) -> dict:\n    return {'status': ctx.http.get('http://a.example/').status}\n"


def bundle(tool: str, egress: tuple[str, ...], credentials: tuple[str, ...] = ()) -> Bundle:
    spec = {
        "description": "Call out.",
        "interface": {"inputSchema": {"type": "object"}, "outputSchema": {"type": "object"}},
        "examples": [{"name": "one", "result": {"status": 200}}],
        "source": {"type": "Inline", "inline": {"code": CODE}},
        "permissions": {"egress": list(egress), "credentials": list(credentials)},
    }
    return bundle_of(GeneratedTool.parse({"metadata": {"name": tool, "namespace": "tools"}, "spec": spec}))


def pod(digest: str, address: str = "127.0.0.1", **other: Any) -> dict[str, Any]:
    """A Pod as admission lets it in; `other`: name, namespace, phase, deleting, label, args."""
    args = ["serve", "--bundle", "/bundle/bundle.json", "--sha256", digest.removeprefix("sha256-")]
    metadata = {
        "name": other.get("name", "pod-0"),
        "namespace": other.get("namespace", "tools"),
        "uid": other.get("name", "pod-0"),
        "labels": {"cupel.dev/digest": other.get("label", short(digest))},
    }
    if other.get("deleting"):
        metadata["deletionTimestamp"] = "2026-11-26T10:00:00Z"
    status = {"phase": other.get("phase", "Running"), "podIP": address, "podIPs": [{"ip": address}]}
    return {
        "metadata": metadata,
        "spec": {"containers": [{"name": "tool", "args": other.get("args", args)}]},
        "status": status,
    }


def ledger(
    decisions: dict[str, Any], condemned: dict[str, str] | None = None, floor: int = 1
) -> dict[str, Any]:
    return {
        "metadata": {"name": "ledger", "namespace": "tools"},
        "spec": {
            "floors": {"withoutEgress": 1, "withEgress": floor},
            "separation": "TwoPeople",
            "decisions": decisions,
        },
        "status": {"condemned": condemned or {}},
    }


def approval(egress: tuple[str, ...], decision: str = "Approve") -> dict[str, Any]:
    return {"egress": list(egress), "review": {"decision": decision, "by": "bob"}}


def revision(of: Bundle, **spec: Any) -> dict[str, Any]:
    digest = of.digest()
    usual = {
        "tool": of.tool,
        "digest": digest,
        "bundle": of.wire(),
        "egress": list(of.permissions.egress),
        "requestedBy": "alice",
    }
    name = revision_name(of.tool, str(spec.get("digest", digest)))
    return {"metadata": {"name": name, "namespace": "tools", "uid": digest}, "spec": usual | spec}


@dataclass(frozen=True)
class Reply:
    """What came back to the tool; status 0 when the connection just ended."""

    raw: bytes

    @property
    def status(self) -> int:
        return int(self.raw.split(b" ", 2)[1]) if self.raw else 0

    @property
    def body(self) -> bytes:
        return self.raw.partition(b"\r\n\r\n")[2]

    def header(self, name: str) -> str:
        for line in self.raw.partition(b"\r\n\r\n")[0].split(b"\r\n")[1:]:
            key, _, value = line.partition(b":")
            if key.decode().lower() == name:
                return value.decode("latin-1").strip()
        return ""

    @property
    def refused(self) -> str:
        return self.header("cupel-refused")


@dataclass
class Tool:
    """A tool's Pod as the proxy sees it: an address, and bytes."""

    port: int
    address: str = "127.0.0.1"

    async def open(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        return await asyncio.open_connection("127.0.0.1", self.port, local_addr=(self.address, 0))

    async def send(self, request: bytes, seconds: float = 10) -> Reply:
        """Send exactly these bytes; answers what came before the end."""
        reader, writer = await self.open()
        try:
            async with asyncio.timeout(seconds):
                writer.write(request)
                found = b""
                try:
                    while piece := await reader.read(65_536):
                        found += piece
                except ConnectionError:
                    pass
                return Reply(found)
        finally:
            writer.transport.abort()

    async def get(self, url: str, *fields: str, host: str = "", method: str = "GET") -> Reply:
        """As Python's http.client asks a proxy."""
        named = host or url.split("://", 1)[-1].split("/", 1)[0].split("?", 1)[0]
        lines = [f"{method} {url} HTTP/1.1", f"Host: {named}", "Accept-Encoding: identity", *fields]
        return await self.send("\r\n".join(lines).encode("latin-1") + b"\r\n\r\n")


@dataclass
class Stage:
    """A proxy, the cluster it believes in, and names it can resolve."""

    process: Process
    names: Names
    authority: Authority
    credentials_file: Path
    decisions: dict[str, Any] = field(default_factory=dict)
    condemned: dict[str, str] = field(default_factory=dict)

    def tool(self, address: str = "127.0.0.1") -> Tool:
        return Tool(self.process.port, address)

    def approve(
        self,
        *egress: str,
        credentials: tuple[str, ...] = (),
        tool: str = "caller",
        address: str = "127.0.0.1",
    ) -> Bundle:
        """A tool that people approved, with one running Pod at this address."""
        made = bundle(tool, egress, credentials)
        self.decisions[made.digest()] = approval(egress)
        directory = self.process.directory
        directory.revisions.changed(revision(made))
        self.tell_ledger()
        directory.pods.changed(pod(made.digest(), address, name=f"{tool}-{address}"))
        return made

    def condemn(self, made: Bundle) -> None:
        self.condemned[made.digest()] = "rolled back"
        self.tell_ledger()

    def tell_ledger(self) -> None:
        self.process.directory.ledgers.changed(ledger(self.decisions, self.condemned))

    def keep(self, *credentials: dict[str, Any]) -> None:
        self.credentials_file.write_text(json.dumps({"credentials": list(credentials)}))
        self.process.vault.look()

    def counted(self, outcome: str) -> float:
        """How many calls ended so."""
        calls = next(iter(self.process.metrics.calls.collect()))
        return sum(
            s.value for s in calls.samples if s.name.endswith("_total") and s.labels["outcome"] == outcome
        )


SETTINGS = {
    "CUPEL_HTTP_HOST": "127.0.0.1",
    "CUPEL_HTTP_PORT": "0",
    "CUPEL_EGRESS_LISTEN_PORT": "0",
    "CUPEL_EGRESS_DRAIN_SECONDS": "0",
    "CUPEL_EGRESS_ALLOW_NETWORKS": "127.0.0.1/32",
    "CUPEL_EGRESS_CLUSTER_NETWORKS": "93.184.0.0/16",
    "CUPEL_EGRESS_HEAD_SECONDS": "1",
    "CUPEL_EGRESS_REQUEST_SECONDS": "2",
    "CUPEL_EGRESS_TUNNEL_SECONDS": "5",
}


@pytest.fixture(scope="session")
def trusted(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def changes(request: pytest.FixtureRequest) -> dict[str, str]:
    """Settings of one test, by indirect parametrisation."""
    return dict(getattr(request, "param", {}))


@pytest.fixture
async def stage(tmp_path: Path, trusted: Authority, changes: dict[str, str]) -> AsyncIterator[Stage]:
    names, file = Names(), tmp_path / "credentials.yaml"
    paths = {"CUPEL_EGRESS_CA_FILE": str(trusted.file), "CUPEL_EGRESS_CREDENTIALS_FILE": str(file)}
    async with running(egress_settings(SETTINGS | paths | changes), names, lambda _: ()) as process:
        directory = process.directory
        zones = [("tools", "serving"), ("tools-sandbox", "sandbox")]
        directory.zones.replace(
            [{"metadata": {"name": n, "labels": {"cupel.dev/zone": z}}} for n, z in zones]
        )
        for store in (directory.pods, directory.ledgers, directory.revisions):
            store.replace([])
        yield Stage(process, names, trusted, file)


def trusting(found: Authority) -> ssl.SSLContext:
    """What a tool that speaks TLS itself trusts."""
    return ssl.create_default_context(cafile=str(found.file))
