"""Two operators, one leader: what the API server's own log says about who wrote."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.contract.crds.apiserver import Server, until
from tests.contract.crds.good_objects import smallest_tool
from tests.support.running import Running

pytestmark = pytest.mark.apiserver
STOPPED_SECONDS = 60
READS = frozenset({"get", "list", "watch"})


def writes_of(audit_log: Path, operator: Running, since: datetime) -> list[dict[str, Any]]:
    """Every request of this process since then that was not a read, refused ones included."""
    found, identity = [], operator.identity
    for line in audit_log.read_text("utf-8").splitlines():
        if identity not in line:  # others' requests may hold what no parser likes
            continue
        entry = json.loads(line)
        received = datetime.fromisoformat(entry["requestReceivedTimestamp"])
        mine = identity in entry.get("userAgent", "")
        if mine and received >= since and entry["verb"] not in READS:
            found.append(entry)
    return found


def make_tools(server: Server, namespace: str, first: int, count: int) -> None:
    path = f"/apis/cupel.dev/v1alpha1/namespaces/{namespace}/generatedtools"
    for number in range(first, first + count):
        server.call("POST", path, smallest_tool(f"t{number}")).good()


def judged(server: Server, namespace: str) -> int:
    path = f"/apis/cupel.dev/v1alpha1/namespaces/{namespace}/generatedtools"
    items = server.call("GET", path).good()["items"]
    return sum(bool(item.get("status", {}).get("conditions")) for item in items)


def test_a_leader_that_was_stopped_writes_nothing_when_it_goes_on(
    operators: list[Running], server: Server, namespace: str, audit_log: Path
) -> None:
    old = until(lambda: next((one for one in operators if one.leads()), None), 40, "one leads")
    new = next(one for one in operators if one is not old)
    assert not new.leads()
    make_tools(server, namespace, 0, 40)  # a queue with much in it
    until(lambda: judged(server, namespace) > 0, 30, "the leader works")
    old.stop()
    stopped = datetime.now(UTC)
    until(new.leads, 40, "the other leads")
    make_tools(server, namespace, 40, 10)  # more the old one has not seen
    until(lambda: judged(server, namespace) == 50, 30, "the other does the work")
    time.sleep(max(0.0, (stopped + timedelta(seconds=STOPPED_SECONDS) - datetime.now(UTC)).total_seconds()))
    old.go_on()

    assert old.process.wait(30) == 1, "it ends, so that a restart policy starts it anew"
    assert writes_of(audit_log, new, stopped), "the log is the right one"
    in_flight = stopped + timedelta(seconds=1)  # what the kernel had taken over before the stop
    assert writes_of(audit_log, old, in_flight) == []


def test_a_leader_that_is_told_to_end_hands_over_at_once(operators: list[Running]) -> None:
    old = until(lambda: next((one for one in operators if one.leads()), None), 40, "one leads")
    new = next(one for one in operators if one is not old)

    assert old.end() == 0
    started = time.monotonic()
    until(new.leads, 10, "the other leads")
    assert time.monotonic() - started < 8, "sooner than the lease would expire"


def test_one_that_waits_is_ready_and_says_so(operators: list[Running]) -> None:
    leader = until(lambda: next((one for one in operators if one.leads()), None), 40, "one leads")
    other = next(one for one in operators if one is not leader)
    _, text = until(lambda: other.answers("/readyz"), 40, "the other has listed everything")

    assert json.loads(text)["leading"] is False
    assert other.ask("/livez")[0] == 200
    assert "cupel_leader 0.0" in other.ask("/metrics")[1]
    assert "cupel_leader 1.0" in leader.ask("/metrics")[1]
