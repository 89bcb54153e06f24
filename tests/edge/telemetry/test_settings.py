"""The operator's settings: what is read, and errors that name the variable and say what it must be."""

from __future__ import annotations

import pytest

from cupel.settings.environment import SettingError
from cupel.settings.operator import operator_settings

IMAGE = "registry.example/cupel-sandbox@sha256:" + "1" * 64
GOOD = {"CUPEL_SANDBOX_IMAGE": IMAGE, "CUPEL_PROBE_TARGETS": "10.96.0.1:443"}
IN_CLUSTER = {
    "CUPEL_SANDBOX_IMAGE": IMAGE,
    "KUBERNETES_SERVICE_HOST": "10.96.0.1",
    "KUBERNETES_SERVICE_PORT": "443",
}


def test_little_has_to_be_said() -> None:
    settings = operator_settings(GOOD)
    assert (settings.sandbox_image, settings.targets) == (IMAGE, ("10.96.0.1:443",))
    assert (settings.resync_seconds, settings.lease.duration, settings.log_format) == (30, 15, "json")


def test_inside_a_cluster_the_probe_is_pointed_at_what_listens_there() -> None:
    settings = operator_settings(IN_CLUSTER, "search x\nnameserver 10.96.0.10\nnameserver 10.96.0.11\n")
    assert settings.targets == ("10.96.0.1:443", "10.96.0.10:53")
    six = operator_settings(IN_CLUSTER | {"KUBERNETES_SERVICE_HOST": "fd00::1"}, "nameserver fd00::a")
    assert six.targets == ("[fd00::1]:443", "[fd00::a]:53")


# fmt: off
BAD = [
    ("no-image",           {"CUPEL_SANDBOX_IMAGE": ""},                     "CUPEL_SANDBOX_IMAGE must be set"),
    ("image-by-tag",       {"CUPEL_SANDBOX_IMAGE": "sandbox:latest"},       "CUPEL_SANDBOX_IMAGE must be pinned by digest"),
    ("no-targets",         {"CUPEL_PROBE_TARGETS": ""},                     "CUPEL_PROBE_TARGETS must name what trials try to reach"),
    ("bad-target",         {"CUPEL_PROBE_TARGETS": "here"},                 "CUPEL_PROBE_TARGETS must be host:port pairs"),
    ("port-too-high",      {"CUPEL_PROBE_TARGETS": "a:70000"},              "CUPEL_PROBE_TARGETS must be host:port pairs"),
    ("no-number",          {"CUPEL_RESYNC_SECONDS": "soon"},                "CUPEL_RESYNC_SECONDS must be a number from 1 to 3600, not 'soon'"),
    ("not-a-number",       {"CUPEL_RESYNC_SECONDS": "nan"},                 "CUPEL_RESYNC_SECONDS must be a number"),
    ("half-a-worker",      {"CUPEL_CONCURRENCY": "1.5"},                    "CUPEL_CONCURRENCY must be a whole number"),
    ("out-of-bounds",      {"CUPEL_CONCURRENCY": "0"},                      "CUPEL_CONCURRENCY must be a number from 1 to 256"),
    ("lease-upside-down",  {"CUPEL_LEASE_RENEW_SECONDS": "20"},             "CUPEL_LEASE_RENEW_SECONDS, and that less than CUPEL_LEASE_SECONDS"),
    ("unknown-format",     {"CUPEL_LOG_FORMAT": "xml"},                     "CUPEL_LOG_FORMAT must be one of json, text, not 'xml'"),
]
# fmt: on


@pytest.mark.parametrize(("change", "words"), [b[1:] for b in BAD], ids=[b[0] for b in BAD])
def test_what_is_wrong_is_named(change: dict[str, str], words: str) -> None:
    with pytest.raises(SettingError) as raised:
        operator_settings(GOOD | change)
    assert words in str(raised.value)
