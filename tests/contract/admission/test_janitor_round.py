"""The janitor's rounds on a real API server, under its own identity: its roles as shipped, the policies as shipped."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.support.kustomize import ROOT

from cupel.janitor.rounds import Round
from cupel.kube.client import Client
from cupel.kube.connect import api_client, configuration
from cupel.kube.errors import Denied
from cupel.settings.janitor import janitor_settings

from .installed import RBAC, apply, zone_manifests
from .objects import digest, digest_of, obj, review, revision, tool, trial_pod
from .server import HOME, OPERATOR, PATHS, SANDBOX, SERVING, Body, Server, eventually
from .zone import LEDGER, Zone

pytestmark = pytest.mark.apiserver
SETTINGS = {"CUPEL_LOG_FORMAT": "text"}
MARK = "cupel.dev/unreferred"


@pytest.fixture(scope="module")
def identity(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A kubeconfig with a token of the service account, as the CronJob's Pod gets one."""
    path = f"/api/v1/namespaces/{HOME}/serviceaccounts/cupel-janitor/token"
    body = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {}}
    token = server.call("POST", path, body).allowed().body["status"]["token"]
    config = yaml.safe_load(server.kubeconfig.read_text())
    for cluster in config["clusters"]:
        if "certificate-authority" in cluster["cluster"]:
            given = cluster["cluster"]["certificate-authority"]
            cluster["cluster"]["certificate-authority"] = str(server.kubeconfig.parent / given)
    config["users"] = [{"name": "janitor", "user": {"token": token}}]
    for context in config["contexts"]:
        context["context"]["user"] = "janitor"
    made = tmp_path_factory.mktemp("janitor") / "kubeconfig"
    made.touch(0o600)
    made.write_text(yaml.safe_dump(config))
    return made


@pytest.fixture
async def client(identity: Path) -> AsyncIterator[Client]:
    found = Client(api_client(await configuration({"KUBECONFIG": str(identity)}), agent="cupel-janitor"))
    yield found
    await found.close()


def a_round(client: Client, **later: float) -> Round:
    return Round(client, janitor_settings(SETTINGS), datetime.now(UTC) + timedelta(**later))


@pytest.fixture
def entries(zone: Zone) -> Iterator[dict[str, str]]:
    """One entry a revision refers to, and others of every sort; digests by word."""
    stored = zone.server.create(tool("kept"), "alice").allowed().body
    eventually(lambda: zone.server.create(revision(stored), OPERATOR), allowed=True).allowed()
    keys = {word: digest(word) for word in ("loose", "no", "bad")} | {"kept": digest_of(stored)}
    for word, key in keys.items():
        zone.decide(key, review("bob", "Reject" if word == "no" else "Approve"), "bob").allowed()
    zone.condemn(keys["bad"], "errors", OPERATOR).allowed()
    yield keys
    zone.server.delete(PATHS["ToolRevision"].format(SERVING))
    zone.server.delete(PATHS["GeneratedTool"].format(SERVING))
    zone.server.delete(LEDGER)
    apply(zone.server, [body for body in zone_manifests() if body["kind"] == "ApprovalLedger"])


async def test_an_approval_goes_when_nothing_referred_to_it_for_a_month(
    zone: Zone, client: Client, entries: dict[str, str]
) -> None:
    assert await a_round(client).go()
    marked = zone.ledger
    assert set(marked["spec"]["decisions"]) == set(entries.values())
    assert entries["loose"][7:23] in marked["metadata"]["annotations"][MARK]
    assert await a_round(client).go()
    assert zone.ledger["metadata"]["resourceVersion"] == marked["metadata"]["resourceVersion"], "not silent"
    assert await a_round(client, days=29).go()
    assert entries["loose"] in zone.ledger["spec"]["decisions"]
    assert await a_round(client, days=30).go()
    after = zone.ledger
    assert set(after["spec"]["decisions"]) == {entries[word] for word in ("kept", "no", "bad")}
    assert MARK not in after["metadata"].get("annotations", {})
    assert set(after["status"]["condemned"]) == {entries["bad"]}


async def test_one_that_is_referred_to_again_is_not_even_marked(
    zone: Zone, client: Client, entries: dict[str, str]
) -> None:
    path = PATHS["ToolRevision"].format(SERVING)
    (name,) = [item["metadata"]["name"] for item in zone.server.get(path)["items"]]
    body = zone.server.get(f"{path}/{name}")
    zone.server.delete(f"{path}/{name}").allowed()
    assert await a_round(client).go()
    assert entries["kept"][7:23] in zone.ledger["metadata"]["annotations"][MARK]
    again = {key: body[key] for key in ("apiVersion", "kind", "spec")}
    again["metadata"] = {
        key: body["metadata"][key] for key in ("name", "namespace", "labels", "ownerReferences")
    }
    eventually(lambda: zone.server.create(again, OPERATOR), allowed=True).allowed()
    assert await a_round(client, days=99).go()
    assert entries["kept"] in zone.ledger["spec"]["decisions"]


async def test_a_round_that_did_not_see_a_revision_is_held_by_the_api_server(
    zone: Zone, client: Client, entries: dict[str, str]
) -> None:
    """As if the revision had been made after the janitor looked: it would remove all, and may remove nothing."""
    assert await a_round(client).go()
    blind = a_round(client, days=30)
    blind.settings = janitor_settings({"CUPEL_JANITOR_GRACE_DAYS": "0"})
    with pytest.raises(Denied, match="refers to this entry"):
        await blind._clean(SERVING, frozenset())
    assert set(zone.ledger["spec"]["decisions"]) == set(entries.values())


async def test_a_zone_that_does_not_bind_it_fails_the_round_and_stops_no_other(
    zone: Zone, client: Client, entries: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    path = f"{RBAC}/namespaces/{SERVING}/rolebindings/cupel-janitor-ledger"
    left = leftover(zone, "gone", "unbound")
    zone.server.delete(path).allowed()
    try:
        assert not await a_round(client, hours=2).go()
    finally:
        apply(zone.server, [b for b in zone_manifests() if b["metadata"]["name"] == "cupel-janitor-ledger"])
    assert f"the ledger of {SERVING} was left as it is" in caplog.text
    assert zone.server.call("GET", left).code == 404, "the sandbox was not cleaned"


def leftover(zone: Zone, revision_name: str, name: str) -> str:
    """A ConfigMap of a trial, as the operator makes it; answers its path."""
    labels = {
        "cupel.dev/tool": "kept",
        "cupel.dev/revision": revision_name,
        "cupel.dev/serving-namespace": SERVING,
        "app.kubernetes.io/managed-by": "cupel-operator",
    }
    full = "tests-" + digest(name)[7:47]
    body = obj("ConfigMap", full, namespace=SANDBOX, data={"tests.json": "{}"}, immutable=True)
    body["metadata"]["labels"] = labels
    zone.server.create(body, OPERATOR).allowed()
    return f"{PATHS['ConfigMap'].format(SANDBOX)}/{full}"


async def test_what_a_trial_left_goes_once_its_revision_is_gone_and_it_is_old(
    zone: Zone, client: Client, entries: dict[str, str]
) -> None:
    (item,) = zone.server.get(PATHS["ToolRevision"].format(SERVING))["items"]
    mine = leftover(zone, item["metadata"]["name"], "mine")
    orphan = leftover(zone, "kept-0000000000", "orphan")
    pod: Body = trial_pod(digest("orphan"))
    pod["metadata"]["labels"] |= {"cupel.dev/revision": "kept-0000000000"}
    eventually(lambda: zone.server.create(pod, OPERATOR), allowed=True).allowed()
    there = f"{PATHS['Pod'].format(SANDBOX)}/{pod['metadata']['name']}"
    assert await a_round(client).go()
    assert [zone.server.call("GET", path).code for path in (mine, orphan, there)] == [200, 200, 200]
    assert await a_round(client, hours=1, minutes=1).go()
    gone: Any = zone.server.call("GET", there)
    assert gone.code == 404 or "deletionTimestamp" in gone.body["metadata"]
    assert [zone.server.call("GET", path).code for path in (mine, orphan)] == [200, 404]


def process(identity: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"KUBECONFIG": str(identity), "PYTHONPATH": str(ROOT / "operator"), **SETTINGS}
    command = [sys.executable, "-m", "cupel.janitor"]
    return subprocess.run(
        command, env=environment | settings, capture_output=True, text=True, check=False, timeout=60
    )


def test_as_a_process_it_says_what_it_removed_and_ends(
    zone: Zone, identity: Path, entries: dict[str, str]
) -> None:
    done = process(identity, CUPEL_JANITOR_GRACE_DAYS="0")
    assert done.returncode == 0, done.stderr
    assert (
        f"removed an approval that nothing refers to namespace={SERVING} digest={entries['loose']}"
        in done.stderr
    )
    assert set(zone.ledger["spec"]["decisions"]) == {entries[word] for word in ("kept", "no", "bad")}


def test_without_an_api_server_it_ends_with_1_and_in_one_line(identity: Path, tmp_path: Path) -> None:
    config = yaml.safe_load(identity.read_text())
    for cluster in config["clusters"]:
        cluster["cluster"]["server"] = "https://127.0.0.1:9"
    (tmp_path / "nowhere").write_text(yaml.safe_dump(config))
    done = process(tmp_path / "nowhere")
    assert done.returncode == 1 and "the round ends before it began" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_setting_that_cannot_be_is_named(identity: Path) -> None:
    done = process(identity, CUPEL_JANITOR_GRACE_DAYS="soon")
    assert done.returncode == 2
    assert "CUPEL_JANITOR_GRACE_DAYS must be a number from 0 to 3650, not 'soon'" in done.stderr
