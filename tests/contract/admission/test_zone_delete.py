"""A zone's namespace takes its ledger along, so it goes only by who administers that."""

from __future__ import annotations

import pytest

from .installed import RBAC
from .server import AUTOPILOT, CODES, GATEWAY, JANITOR, OPERATOR, PATHS, SANDBOX, SERVING, Answer, eventually
from .test_zones import owner
from .zone import Zone

pytestmark = pytest.mark.apiserver
ADMINISTER = "only who may administer"


def delete(zone: Zone, namespace: str, user: str) -> Answer:
    return zone.server.call("DELETE", f"{PATHS['Namespace']}/{namespace}?dryRun=All", None, user)


@pytest.mark.parametrize("namespace", [SERVING, SANDBOX])
class TestZone:
    def test_not_by_somebody_who_may_delete_namespaces(self, zone: Zone, namespace: str) -> None:
        delete(zone, namespace, "nadia").refused(ADMINISTER)

    @pytest.mark.parametrize("machine", [OPERATOR, CODES, GATEWAY, JANITOR, AUTOPILOT])
    def test_not_by_our_own_identities_with_every_right(
        self, zone: Zone, namespace: str, machine: str
    ) -> None:
        delete(zone, namespace, machine + "-any").refused("ValidatingAdmissionPolicy")

    def test_by_a_cluster_administrator(self, zone: Zone, namespace: str) -> None:
        delete(zone, namespace, "").allowed()

    def test_by_who_administers_it(self, zone: Zone, namespace: str) -> None:
        """Every right in this namespace alone: in the other zone it counts for nothing."""
        bindings = f"{RBAC}/namespaces/{namespace}/rolebindings"
        zone.server.call("POST", bindings, owner("mona")).allowed()
        try:
            eventually(lambda: delete(zone, namespace, "mona"), allowed=True).allowed()
            delete(zone, SANDBOX if namespace == SERVING else SERVING, "mona").refused()
        finally:
            zone.server.delete(f"{bindings}/mona")


def test_a_namespace_that_is_no_zone_is_nobodys_business(zone: Zone) -> None:
    body = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "matrix-plain"}}
    zone.server.call("POST", PATHS["Namespace"], body).allowed()
    try:
        delete(zone, "matrix-plain", "nadia").allowed()
    finally:
        gone = zone.server.delete(f"{PATHS['Namespace']}/matrix-plain").body
        zone.server.call(
            "PUT", f"{PATHS['Namespace']}/matrix-plain/finalize", gone | {"spec": {"finalizers": []}}
        )
