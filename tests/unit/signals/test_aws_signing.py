"""Signatures as botocore 1.44.8 makes them of the same requests, keys and moment."""

from __future__ import annotations

import pytest

from cupel.signals.aws_identity import Identity, endpoint
from cupel.signals.aws_signing import Credentials, Scope, signed
from cupel.signals.cloudwatch_region import HEADERS

NOON = 1_795_780_800.0
"""2026-11-27T12:00:00Z"""
SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
IRELAND, BEIJING = "https://monitoring.eu-west-1.amazonaws.com/", "https://vpce-1.example:8443/"
BY_BOTOCORE = {
    "keys": ("eu-west-1", IRELAND, "", "e710b9ccf381562da48d41cd6620b87e549de05fe5c8013c2e34017626fac447"),
    "keys, another place": (
        "cn-north-1",
        BEIJING,
        "",
        "8c3580473a02b44889d5b25acfbb30542a16b89d60d884cf6d5cac588ed314e4",
    ),
    "a role": (
        "eu-west-1",
        IRELAND,
        "the/session+token==",
        "3aaaf86164bf88c84427fed869622a65f993ad0d50de5d0c423d11486cf90525",
    ),
    "a role, another place": (
        "cn-north-1",
        BEIJING,
        "the/session+token==",
        "68a8e20929fd45b9f83c41e231db41c3d5181bd3d6318fdf0a45a7c9d6e5da48",
    ),
}


@pytest.mark.parametrize(("region", "url", "token", "signature"), BY_BOTOCORE.values(), ids=list(BY_BOTOCORE))
def test_it_is_signed_as_botocore_signs_it(region: str, url: str, token: str, signature: str) -> None:
    who = Credentials("AKIDEXAMPLE", SECRET, token)
    found = signed(url, b'{"MetricDataQueries":[]}', HEADERS, who, Scope(region, "monitoring"), NOON)

    heads = "content-type;host;x-amz-date;x-amz-security-token;x-amz-target"
    names = heads if token else heads.replace("x-amz-security-token;", "")
    assert found["Authorization"] == (
        f"AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261127/{region}/monitoring/aws4_request, "
        f"SignedHeaders={names}, Signature={signature}"
    )


def test_another_word_is_another_signature() -> None:
    who, scope = Credentials("AKIDEXAMPLE", SECRET), Scope("eu-west-1", "monitoring")
    found = {
        signed(IRELAND, body, HEADERS, who, scope, at)["Authorization"].rpartition("=")[2]
        for body in (b"{}", b"{ }")
        for at in (NOON, NOON + 1)
    }
    assert len(found) == 4


def test_no_secret_is_shown() -> None:
    values = {
        "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
        "AWS_SECRET_ACCESS_KEY": SECRET,
        "AWS_SESSION_TOKEN": "a token",
    }
    identity = Identity.of(values)

    assert identity.keys == Credentials("AKIDEXAMPLE", SECRET, "a token")
    assert not [word for word in (SECRET, "a token") if word in f"{identity!r} {identity.keys!r}"]


@pytest.mark.parametrize(
    ("region", "expected"),
    [
        ("eu-west-1", "https://monitoring.eu-west-1.amazonaws.com/"),
        ("us-gov-west-1", "https://monitoring.us-gov-west-1.amazonaws.com/"),
        ("cn-north-1", "https://monitoring.cn-north-1.amazonaws.com.cn/"),
        ("eusc-de-east-1", "https://monitoring.eusc-de-east-1.amazonaws.eu/"),
    ],
)
def test_every_partition_has_its_domain(region: str, expected: str) -> None:
    assert endpoint("monitoring", region) == expected
