"""Settings of the gateway."""

from __future__ import annotations

import pytest

from cupel.settings.environment import SettingError
from cupel.settings.gateway import gateway_settings


def test_tokens_of_people_are_not_forwarded_unless_turned_on() -> None:
    turned_on = gateway_settings({"CUPEL_GATEWAY_ACTS_OF_PEOPLE": "on"})

    assert (gateway_settings({}).front.acts_of_people, turned_on.front.acts_of_people) == (False, True)


def test_nothing_needs_to_be_set() -> None:
    settings = gateway_settings({})

    assert (settings.port, settings.kubernetes_tokens, settings.tokens_file) == (8004, True, "")
    assert "cupel-gateway.cupel-system.svc.cluster.local" in settings.hosts


@pytest.mark.parametrize(("address", "host"), [("10.96.0.7", "10.96.0.7"), ("fd00::7", "[fd00::7]")])
def test_the_services_address_is_a_host(address: str, host: str) -> None:
    assert host in gateway_settings({"CUPEL_GATEWAY_SERVICE_HOST": address}).hosts


# fmt: off
PROXIES = [
    ("none",              {},                                                                             ""),
    ("the-service",       {"CUPEL_EGRESS_SERVICE_HOST": "10.96.0.7", "CUPEL_EGRESS_SERVICE_PORT": "3128"}, "http://10.96.0.7:3128"),
    ("the-service-ipv6",  {"CUPEL_EGRESS_SERVICE_HOST": "fd00::7"},                                       "http://[fd00::7]:3128"),
    ("another",           {"CUPEL_EGRESS_SERVICE_HOST": "10.96.0.7", "CUPEL_EGRESS_PROXY": "http://10.1.1.1:80"}, "http://10.1.1.1:80"),
    ("off",               {"CUPEL_EGRESS_SERVICE_HOST": "10.96.0.7", "CUPEL_EGRESS_PROXY": "off"},        ""),
]
# fmt: on


@pytest.mark.parametrize(("values", "proxy"), [p[1:] for p in PROXIES], ids=[p[0] for p in PROXIES])
def test_where_the_egress_proxy_is(values: dict[str, str], proxy: str) -> None:
    assert gateway_settings(values).egress_proxy == proxy


@pytest.mark.parametrize(
    ("values", "message"),
    [
        pytest.param(
            {"CUPEL_HTTP_PORT": "http"}, "CUPEL_HTTP_PORT must be a number", id="a port that is none"
        ),
        pytest.param(
            {"CUPEL_GATEWAY_BODY_BYTES": "9999999"}, "CUPEL_GATEWAY_BODY_BYTES must", id="out of bounds"
        ),
        pytest.param(
            {"CUPEL_GATEWAY_ACTS_OF_PEOPLE": "yes"}, "_ACTS_OF_PEOPLE must be one of on, off", id="no choice"
        ),
        pytest.param(
            {"CUPEL_GATEWAY_ASKS_PER_MINUTE": "0"}, "_ASKS_PER_MINUTE must be a number", id="nobody may ask"
        ),
        pytest.param(
            {"CUPEL_GATEWAY_HOSTS": "https://x"}, "CUPEL_GATEWAY_HOSTS must be host names", id="a URL"
        ),
        pytest.param(
            {"CUPEL_EGRESS_PROXY": "https://x:1"}, "CUPEL_EGRESS_PROXY must be http://", id="a proxy by TLS"
        ),
        pytest.param(
            {"CUPEL_GATEWAY_STATE_TENANTS_PER_TOOL": "0"}, "_PER_TOOL must be", id="room for nobody"
        ),
        pytest.param(
            {"CUPEL_GATEWAY_HOLD_SECONDS": "0"}, "CUPEL_GATEWAY_HOLD_SECONDS must", id="held for no time"
        ),
        pytest.param({"CUPEL_GATEWAY_HELD": "none"}, "CUPEL_GATEWAY_HELD must", id="no number of calls held"),
        pytest.param(
            {"CUPEL_STORE_TAKE_OVER": "the old one"},
            "CUPEL_STORE_TAKE_OVER must be the uid of a cluster's kube-system",
            id="a cluster that is no uid",
        ),
        pytest.param(
            {"CUPEL_GATEWAY_KUBERNETES_TOKENS": "off"}, "otherwise nobody could call", id="no way to come in"
        ),
    ],
)
def test_what_cannot_work_is_refused_by_name(values: dict[str, str], message: str) -> None:
    with pytest.raises(SettingError, match=message):
        gateway_settings(values)
