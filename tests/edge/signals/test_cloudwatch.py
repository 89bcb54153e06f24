"""CloudWatch as a source, against a played one: what is asked, how often, and what every refusal comes to."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
from tests.support.cloudwatch import SECRETS
from tests.support.cloudwatch import CloudWatch as Played

from cupel.api.autonomy_policy import Signal
from cupel.signals.cloudwatch import CloudWatch
from cupel.signals.fetching import Limits, session
from cupel.signals.reading import Key, Moment, Reading, Request

NOW = 1_800_000_000.0
"""A whole minute: what ended a minute ago is the newest that may be told."""
START = Moment(NOW, 0.0)
IRELAND, OHIO = "eu-west-1", "us-east-2"


def asked(metric: str, policy: str = "policy", stale: int = 300, **more: Any) -> Request:
    metrics = {"region": IRELAND, "namespace": "AWS/SQS", "metricName": metric, "statistic": "Sum", **more}
    said = {"name": "load", "type": "CloudWatch", "staleSeconds": stale, "cloudWatch": metrics}
    return Request(Key("shop", f"{policy}-{metric}", "load"), Signal.model_validate(said))


def later(seconds: float) -> Moment:
    return Moment(NOW + seconds, seconds)


@pytest.fixture
def played() -> AsyncIterator[Played]:
    found = Played()
    found.figures["depth"] = 120.0
    yield found
    found.close()


@asynccontextmanager
async def source(
    played: Played, look: float = 10.0, call: float = 10.0, **values: str
) -> AsyncIterator[CloudWatch]:
    def may(space: str, region: str, metrics: str) -> bool:
        return (space, metrics) == ("shop", "AWS/SQS")

    environment = values or played.environment
    async with session() as http:
        found = CloudWatch(http, may, environment, Limits(look, 4 << 20), played.billed, call)
        yield found
        await found.close()


async def one(found: CloudWatch, request: Request, moment: Moment = START) -> Reading:
    return (await found.read([request], moment))[request.key]


FIGURES: dict[str, tuple[dict[str, Any], float, float]] = {
    "a sum as it is": ({}, 120.0, 60),
    "a sum as so many a second": ({"read": "Rate"}, 2.0, 60),
    "seconds as milliseconds": ({"statistic": "p99.9", "scale": 1000}, 120_000.0, 60),
    "half a minute's": ({"metricPeriodSeconds": 30, "read": "Rate"}, 4.0, 60),
    "as soon as it ended": ({"delaySeconds": 0}, 120.0, 0),
    "of five minutes, which ended one before": (
        {"metricPeriodSeconds": 300, "staleSeconds": 900},
        120.0,
        300,
    ),
    "with dimensions": ({"dimensions": [{"name": "QueueName", "value": "a"}]}, 120.0, 60),
}


@pytest.mark.parametrize(("more", "value", "age"), FIGURES.values(), ids=list(FIGURES))
async def test_a_figure_is_that_of_the_last_whole_period(
    played: Played, more: dict[str, Any], value: float, age: float
) -> None:
    stale = more.pop("staleSeconds", 300)
    async with source(played) as found:
        reading = await one(found, asked("depth", stale=stale, **more))

    assert reading == Reading(value, NOW - age)


async def test_a_sample_that_comes_late_has_its_age(played: Played) -> None:
    played.lag = 3
    async with source(played) as found:
        reading = await one(found, asked("depth"))

    assert reading == Reading(120.0, NOW - 60 - 3 * 60)


async def test_five_hundred_go_in_a_call_and_every_page_is_read(played: Played) -> None:
    names = [f"m{number}" for number in range(1100)]
    played.figures |= {name: float(place) for place, name in enumerate(names)}
    played.page = 130
    async with source(played) as found:
        readings = await found.read([asked(name) for name in names], START)

    assert [reading.value for reading in readings.values()] == [float(place) for place in range(1100)]
    assert sorted(played.sizes) == [100, 500, 500]
    assert set(played.asked.values()) == {1}
    assert played.bills == {IRELAND: 4 * 500 + 4 * 500 + 100}
    assert played.calls[IRELAND] == 4 + 4 + 1


async def test_a_metric_is_asked_for_once_in_its_period_whoever_wants_it(played: Played) -> None:
    both = [asked("depth", "one"), asked("depth", "other")]
    async with source(played) as found:
        first = await found.read(both, START)
        for seconds in (2, 30, 59):
            assert await found.read(both, later(seconds)) == first
        again = played.asked["depth"]
        played.figures["depth"] = 180.0
        second = await found.read(both, later(60))

    assert again == 1
    assert played.asked["depth"] == 2
    assert {reading for reading in second.values()} == {Reading(180.0, NOW)}


async def test_one_wrong_query_takes_nobody_with_it(played: Played) -> None:
    names = [f"m{number}" for number in range(40)]
    played.figures |= dict.fromkeys(names, 1.0)
    played.bad = {"m17"}
    wanted = [asked(name) for name in names]
    async with source(played) as found:
        readings = await found.read(wanted, START)
        calls = played.calls[IRELAND]
        await found.read(wanted, later(60))
        after = played.calls[IRELAND]
        played.bad = set()
        mended = await found.read(wanted, later(660))

    missing = {key.policy: reading.problem for key, reading in readings.items() if reading.value is None}
    assert missing == {
        "policy-m17": "CloudWatch in eu-west-1: it does not understand the query (InvalidParameterValueException)"
    }
    assert calls <= 13, "halves of halves: 40 are 1 after six"
    assert after == calls + 1, "and the wrong one is not asked again soon"
    assert all(reading.value == 1.0 for reading in mended.values())
    assert played.asked["m17"] == 1


TROUBLE = {
    "denied": "the autopilot's role may not: allow it `cloudwatch:GetMetricData`",
    "throttled": "it was asked more often than the account's quota allows; it is asked less often now",
    "unknown": "it does not know the autopilot's credentials: is the region enabled in the account of its role? "
    "(UnrecognizedClientException)",
    "broken": "it answered with status 503",
}


@pytest.mark.parametrize("trouble", TROUBLE)
async def test_a_region_in_trouble_says_what_to_do_and_holds_up_no_other(
    played: Played, trouble: str
) -> None:
    here, there = asked("depth"), asked("depth", "other", region=OHIO)
    played.trouble[IRELAND] = trouble
    async with source(played) as found:
        readings = await found.read([here, there], START)
        for seconds in range(1, 60):
            await found.read([here, there], later(seconds))
        tries = played.calls[IRELAND]
        played.trouble.clear()
        mended = await one(found, here, later(119))

    assert readings[here.key] == Reading.missing(f"CloudWatch in eu-west-1: {TROUBLE[trouble]}")
    assert readings[there.key].value == 120.0
    assert tries == 5, "after 2, 4, 8 and 16 more seconds"
    assert mended.value == 120.0


@pytest.mark.parametrize(
    ("ahead", "said"), [(900.0, r"-9\d\d s off AWS'"), (0.0, "are its credentials whole")]
)
async def test_a_signature_of_another_time_is_told_from_a_wrong_one(
    played: Played, ahead: float, said: str
) -> None:
    played.trouble[IRELAND], played.ahead = "skewed", ahead
    async with source(played) as found:
        reading = await one(found, asked("depth"), Moment(float(int(time.time())), 0.0))

    assert re.search(said, reading.problem)


async def test_one_that_hangs_keeps_nobody_waiting_and_an_answer_counts_when_it_comes(played: Played) -> None:
    here, there = asked("depth"), asked("depth", "other", region=OHIO)
    played.trouble[OHIO] = "hangs"
    async with source(played, look=0.3) as found, asyncio.timeout(60):
        began = time.monotonic()
        readings = await found.read([there], START)
        took = time.monotonic() - began
        beside = await found.read([here, there], later(2))
        while beside[here.key].value is None:  # on a busy machine 0.3 s may be too short for the other, too
            await asyncio.sleep(0.02)
            beside = await found.read([here, there], later(3))
        played.trouble.clear()
        played.ended.set()
        while (late := await one(found, there, later(4))).value is None:
            await asyncio.sleep(0.02)

    assert readings[there.key] == Reading.missing("CloudWatch in us-east-2: it has not answered yet")
    assert took < 5
    assert beside[there.key].value is None
    assert late == Reading(120.0, NOW - 60)


async def test_a_call_that_hangs_for_too_long_is_given_up(played: Played) -> None:
    played.trouble[IRELAND] = "hangs"
    async with source(played, call=0.2) as found:
        reading = await one(found, asked("depth"))

    assert reading == Reading.missing("CloudWatch in eu-west-1: it did not answer within 0.2 s")


async def test_nobody_there_is_said(played: Played) -> None:
    values = played.environment | {"AWS_ENDPOINT_URL_CLOUDWATCH": "http://127.0.0.1:1"}
    async with source(played, **values) as found:
        reading = await one(found, asked("depth"))

    assert reading.problem.startswith("CloudWatch in eu-west-1: it cannot be reached: Client")


async def test_a_sample_is_good_until_it_is_stale_whatever_the_weather(played: Played) -> None:
    request = asked("depth", stale=180)
    async with source(played) as found:
        first = await one(found, request)
        played.trouble[IRELAND] = "throttled"
        kept = await one(found, request, later(60))
        stale = await one(found, request, later(121))
        played.trouble[IRELAND] = "denied"
        refused = await one(found, request, later(180))

    assert first == kept == Reading(120.0, NOW - 60)
    assert "quota" in stale.problem
    assert "GetMetricData" in refused.problem


async def test_a_refusal_takes_a_fresh_sample_away(played: Played) -> None:
    async with source(played) as found:
        await one(found, asked("depth"))
        played.trouble[IRELAND] = "denied"
        refused = await one(found, asked("depth"), later(60))

    assert refused.value is None


@pytest.mark.parametrize(
    ("figure", "status", "said"),
    [
        (None, "Complete", "it has no datapoint in 300 s: are the metric's name and all of its dimensions"),
        ("NaN", "Complete", "its figure is no number"),
        (None, "PartialData", "it answered only a part"),
        (None, "InternalError", "it answered only a part"),
        (1.0, "Forbidden", "does not let the autopilot's role read it"),
        ("seven", "Complete", "it answered what is not the answer of GetMetricData"),
    ],
)
async def test_what_is_no_sample_is_a_missing_one(
    played: Played, figure: float | str | None, status: str, said: str
) -> None:
    played.figures.pop("depth")
    if figure is not None:
        played.figures["depth"] = figure
    played.status["depth"] = status
    async with source(played) as found:
        reading = await one(found, asked("depth"))

    assert reading.value is None
    assert said in reading.problem


@pytest.mark.parametrize(
    ("space", "metrics"), [("other", "AWS/SQS"), ("shop", "AWS/EC2")], ids=["a stranger", "another namespace"]
)
async def test_what_is_not_allowed_is_not_asked(played: Played, space: str, metrics: str) -> None:
    request = asked("depth", namespace=metrics)
    request = Request(request.key._replace(namespace=space), request.signal)
    async with source(played) as found:
        reading = await one(found, request)

    assert reading.problem == (
        f"CUPEL_AUTOPILOT_CLOUDWATCH_ALLOWED of the autopilot does not let policies of the namespace {space} "
        f"read {metrics} of CloudWatch in eu-west-1: whoever runs Cupel may add {space}=eu-west-1/{metrics} to it"
    )
    assert not played.calls


def by_role(played: Played, token: str) -> dict[str, str]:
    return {
        "AWS_ENDPOINT_URL_CLOUDWATCH": played.url,
        "AWS_ENDPOINT_URL_STS": played.url,
        "AWS_ROLE_ARN": "arn:aws:iam::111122223333:role/cupel",
        "AWS_WEB_IDENTITY_TOKEN_FILE": token,
    }


def by_agent(played: Played, token: str) -> dict[str, str]:
    return {
        "AWS_ENDPOINT_URL_CLOUDWATCH": played.url,
        "AWS_CONTAINER_CREDENTIALS_FULL_URI": f"{played.url}/v1/credentials",
        "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": token,
    }


@pytest.mark.parametrize(
    ("who", "asks", "key"),
    [(by_role, "sts", "BYROLE"), (by_agent, "agent", "BYAGENT")],
    ids=["IRSA", "Pod Identity"],
)
async def test_a_role_is_taken_and_renewed_before_it_ends(
    played: Played, tmp_path: Any, who: Any, asks: str, key: str
) -> None:
    token = tmp_path / "token"
    token.write_text("played-jwt\n")
    now = START
    played.expiry = f"{datetime.fromtimestamp(NOW + 3600, UTC):%Y-%m-%dT%H:%M:%SZ}"
    async with source(played, **who(played, str(token))) as found:
        first = await one(found, asked("depth"), now)
        for minutes in (1, 30):
            await one(found, asked("depth"), Moment(now.now + 60 * minutes, 60.0 * minutes))
        before = played.calls[asks]
        token.write_text("somebody else's")
        kept = await one(found, asked("depth"), Moment(now.now + 3300, 3300.0))
        ended = await one(found, asked("depth", stale=3600), Moment(now.now + 3660, 3660.0))
        shown = repr(vars(found)) + repr(vars(found._wallet)) + first.problem + ended.problem

    assert (first.value, kept.value, before) == (120.0, 120.0, 1)
    assert set(played.keys) == {key}
    assert played.calls[asks] == 3
    assert not [secret for secret in SECRETS if secret in shown]


@pytest.mark.parametrize("who", [by_role, by_agent], ids=["IRSA", "Pod Identity"])
async def test_a_role_that_is_not_given_says_what_to_look_at(played: Played, tmp_path: Any, who: Any) -> None:
    token = tmp_path / "token"
    token.write_text("somebody else's")
    async with source(played, **who(played, str(token))) as found:
        reading = await one(found, asked("depth"))
    async with source(played, **who(played, str(tmp_path / "none"))) as found:
        unread = await one(found, asked("depth"))

    assert "service account" in reading.problem
    assert unread.problem.endswith("the file of the service account's AWS token cannot be read")


async def test_without_credentials_it_says_how_to_give_them(played: Played) -> None:
    async with source(played, AWS_ENDPOINT_URL_CLOUDWATCH=played.url) as found:
        reading = await one(found, asked("depth"))

    assert "give its service account a role, by EKS Pod Identity or IRSA" in reading.problem
    assert not played.calls


async def test_the_token_goes_to_no_place_that_is_not_the_agent(played: Played, tmp_path: Any) -> None:
    values = by_agent(played, str(tmp_path)) | {"AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://evil.example/"}
    async with source(played, **values) as found:
        reading = await one(found, asked("depth"))

    assert reading.problem.endswith("must be https, or name the agent of the node")
