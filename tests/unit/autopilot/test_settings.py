"""The autopilot's settings: defaults that work, and errors that name the variable."""

from __future__ import annotations

import pytest

from cupel.settings.autopilot import autopilot_settings
from cupel.settings.environment import SettingError


def test_nothing_has_to_be_set() -> None:
    found = autopilot_settings({"CUPEL_IDENTITY": "a"})

    assert (found.lease.name, found.namespace, found.sight.prometheus_url) == (
        "cupel-autopilot",
        "cupel-system",
        "",
    )


WRONG = {
    "a URL without scheme": {"CUPEL_AUTOPILOT_PROMETHEUS_URL": "prometheus:9090"},
    "a URL with a password": {"CUPEL_AUTOPILOT_PROMETHEUS_URL": "http://me:hunter2@prometheus:9090"},
    "a URL with a query": {"CUPEL_AUTOPILOT_PROMETHEUS_URL": "http://prometheus:9090/?x=hunter2"},
    "a look that never ends": {"CUPEL_AUTOPILOT_LOOK_SECONDS": "3600"},
    "no answer may be this large": {"CUPEL_AUTOPILOT_LOOK_KIBIBYTES": "1000000"},
    "nobody may write": {"CUPEL_AUTOPILOT_WRITES": "0"},
    "CloudWatch for whom": {"CUPEL_AUTOPILOT_CLOUDWATCH_ALLOWED": "eu-west-1/AWS/SQS"},
    "CloudWatch of every region": {"CUPEL_AUTOPILOT_CLOUDWATCH_ALLOWED": "shop=*/AWS/SQS"},
    "CloudWatch of a region alone": {
        "CUPEL_AUTOPILOT_CLOUDWATCH_ALLOWED": "shop=eu-west-1, *=eu-west-1/AWS/SQS"
    },
    "an AWS that hears all": {"AWS_ENDPOINT_URL_CLOUDWATCH": "http://vpce.example/hunter2"},
    "an STS that hears all": {"AWS_ENDPOINT_URL_STS": "http://127.0.0.1.evil.example/"},
    "a lease that is renewed too late": {"CUPEL_LEASE_SECONDS": "5", "CUPEL_LEASE_RENEW_SECONDS": "9"},
}


@pytest.mark.parametrize("values", WRONG.values(), ids=list(WRONG))
def test_what_cannot_be_is_named(values: dict[str, str]) -> None:
    with pytest.raises(SettingError) as refused:
        autopilot_settings(values)

    assert next(iter(values)) in str(refused.value) or "CUPEL_LEASE" in str(refused.value)
    assert "hunter2" not in str(refused.value)


RULES = "shop=eu-west-1/AWS/SQS, *=eu-west-1/Shop/Orders of the day, ops=us-gov-west-1/*"


@pytest.mark.parametrize(
    ("space", "region", "metrics", "allowed"),
    [
        ("shop", "eu-west-1", "AWS/SQS", True),
        ("other", "eu-west-1", "AWS/SQS", False),
        ("shop", "eu-west-2", "AWS/SQS", False),
        ("shop", "eu-west-1", "AWS/SQSx", False),
        ("shop", "eu-west-1", "AWS", False),
        ("other", "eu-west-1", "Shop/Orders of the day", True),
        ("ops", "us-gov-west-1", "AWS/Billing", True),
        ("ops", "eu-west-1", "AWS/Billing", False),
    ],
)
def test_cloudwatch_is_read_by_whom_the_platform_lets(
    space: str, region: str, metrics: str, allowed: bool
) -> None:
    found = autopilot_settings({"CUPEL_AUTOPILOT_CLOUDWATCH_ALLOWED": RULES}).sight.cloudwatch

    assert found.cover(space, region, metrics) is allowed


def test_cloudwatch_is_read_by_nobody_when_nothing_is_said() -> None:
    assert not autopilot_settings({}).sight.cloudwatch.cover("shop", "eu-west-1", "AWS/SQS")
