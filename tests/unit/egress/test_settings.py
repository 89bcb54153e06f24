"""Settings of the egress proxy."""

from __future__ import annotations

import ipaddress

import pytest

from cupel.settings.egress import egress_settings
from cupel.settings.environment import SettingError


def test_nothing_needs_to_be_set() -> None:
    settings = egress_settings({})

    assert (settings.port, settings.health_port, settings.allowed_networks) == (3128, 8081, ())
    assert (settings.limits.response_bytes, settings.credentials_file) == (1_048_576, "")
    assert settings.limits.look_ups == 256


@pytest.mark.parametrize("number", ["15", "4097", "many"])
def test_look_ups_have_a_bound(number: str) -> None:
    with pytest.raises(SettingError, match="CUPEL_EGRESS_LOOK_UPS must be a number"):
        egress_settings({"CUPEL_EGRESS_LOOK_UPS": number})


def test_networks_addresses_and_names_may_be_allowed() -> None:
    settings = egress_settings(
        {"CUPEL_EGRESS_ALLOW_NETWORKS": "10.1.0.0/16, 192.168.1.7,fd00::/8 , db.tools.svc"}
    )

    assert [str(network) for network in settings.allowed_networks] == [
        "10.1.0.0/16",
        "192.168.1.7/32",
        "fd00::/8",
    ]
    assert settings.allowed_names == {"db.tools.svc"}


def test_the_api_servers_address_is_of_the_cluster() -> None:
    settings = egress_settings(
        {"KUBERNETES_SERVICE_HOST": "34.1.2.3", "CUPEL_EGRESS_CLUSTER_NETWORKS": "11.0.0.0/8"}
    )

    assert ipaddress.ip_network("34.1.2.3/32") in settings.cluster_networks
    assert ipaddress.ip_network("11.0.0.0/8") in settings.cluster_networks


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (
            {"CUPEL_EGRESS_ALLOW_NETWORKS": "10.1.0.1/16"},
            "must hold networks such as 10.1.0.0/16, not '10.1.0.1/16'",
        ),
        ({"CUPEL_EGRESS_ALLOW_NETWORKS": "*.example"}, "lower-case host names"),
        ({"CUPEL_EGRESS_ALLOW_NETWORKS": "DB.example"}, "lower-case host names"),
        ({"CUPEL_EGRESS_CLUSTER_NETWORKS": "pods"}, "CUPEL_EGRESS_CLUSTER_NETWORKS must hold networks"),
        (
            {"CUPEL_EGRESS_REQUEST_SECONDS": "0"},
            "CUPEL_EGRESS_REQUEST_SECONDS must be a number from 0.1 to 300",
        ),
        ({"CUPEL_EGRESS_LISTEN_PORT": "70000"}, "CUPEL_EGRESS_LISTEN_PORT must be"),
    ],
)
def test_what_cannot_work_is_refused_by_name(values: dict[str, str], message: str) -> None:
    with pytest.raises(SettingError) as raised:
        egress_settings(values)
    assert message in str(raised.value)


def test_what_the_kubelet_says_of_the_proxys_own_service_is_no_setting() -> None:
    """Every Pod gets such variables of every Service of its namespace."""
    told = {
        "CUPEL_EGRESS_PORT": "tcp://10.96.0.128:3128",
        "CUPEL_EGRESS_PORT_3128_TCP": "tcp://10.96.0.128:3128",
        "CUPEL_EGRESS_SERVICE_HOST": "10.96.0.128",
        "CUPEL_EGRESS_SERVICE_PORT": "3128",
    }

    assert egress_settings(told) == egress_settings({})
