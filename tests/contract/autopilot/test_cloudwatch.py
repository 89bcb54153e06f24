"""An autopilot that scales by CloudWatch, which is played beside a real API server; and whom it reads nothing for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from tests.contract.autopilot.stage import Stage
from tests.contract.crds.apiserver import until
from tests.support.cloudwatch import CloudWatch

pytestmark = pytest.mark.apiserver


@pytest.fixture
def cloudwatch() -> Iterator[CloudWatch]:
    found = CloudWatch()
    yield found
    found.close()


def signal(metric: str, namespace: str = "AWS/SQS") -> dict[str, Any]:
    """So many a second, told as soon as each second ended."""
    asked = {"region": "eu-west-1", "namespace": namespace, "metricName": metric, "statistic": "Sum"}
    now = {"metricPeriodSeconds": 1, "delaySeconds": 0, "read": "Rate"}
    return {
        "name": "throughputPerSecond",
        "type": "CloudWatch",
        "staleSeconds": 30,
        "cloudWatch": asked | now,
    }


def test_it_scales_by_what_it_may_read_and_says_which_setting_keeps_it_from_the_rest(
    stage: Stage, cloudwatch: CloudWatch
) -> None:
    cloudwatch.figures |= {"sent": 55.0, "CPUUtilization": 55.0}
    stage.deploy("web", 2)
    stage.deploy("spy", 2)
    stage.fly("web", signals=[signal("sent")])
    stage.fly("spy", signals=[signal("CPUUtilization", "AWS/EC2")])
    allowed = f"{stage.namespace}=eu-west-1/AWS/SQS, other=eu-west-1/*"
    autopilot = stage.start(CUPEL_AUTOPILOT_CLOUDWATCH_ALLOWED=allowed, **cloudwatch.environment)
    until(lambda: stage.replicas("web") * 10 >= 55, 90, "as many Pods as carry it")
    until(
        lambda: stage.condition("spy", "Seeing") == ("False", "SignalsMissing"), 90, "the other sees nothing"
    )
    (message,) = [c["message"] for c in stage.status("spy")["conditions"] if c["type"] == "Seeing"]

    assert "CUPEL_AUTOPILOT_CLOUDWATCH_ALLOWED of the autopilot does not let policies" in message
    assert stage.replicas("spy") == 2
    assert "CPUUtilization" not in cloudwatch.asked
    assert autopilot.figure('cupel_autopilot_cloudwatch_metrics_total{region="eu-west-1"}') >= 1
    assert set(cloudwatch.keys) == {"PLAYEDKEYS"}
