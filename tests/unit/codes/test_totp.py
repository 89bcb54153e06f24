"""RFC 6238, appendix B; the window; the drift."""

from __future__ import annotations

import base64
import hashlib

import pyotp
import pytest

from cupel.codes import totp

SEEDS = {
    "SHA1": (hashlib.sha1, b"12345678901234567890"),
    "SHA256": (hashlib.sha256, b"12345678901234567890123456789012"),
    "SHA512": (hashlib.sha512, b"1234567890123456789012345678901234567890123456789012345678901234"),
}
VECTORS = [
    (59, "94287082", "SHA1"),
    (59, "46119246", "SHA256"),
    (59, "90693936", "SHA512"),
    (1111111109, "07081804", "SHA1"),
    (1111111109, "68084774", "SHA256"),
    (1111111109, "25091201", "SHA512"),
    (1111111111, "14050471", "SHA1"),
    (1111111111, "67062674", "SHA256"),
    (1111111111, "99943326", "SHA512"),
    (1234567890, "89005924", "SHA1"),
    (1234567890, "91819424", "SHA256"),
    (1234567890, "93441116", "SHA512"),
    (2000000000, "69279037", "SHA1"),
    (2000000000, "90698825", "SHA256"),
    (2000000000, "38618901", "SHA512"),
    (20000000000, "65353130", "SHA1"),
    (20000000000, "77737706", "SHA256"),
    (20000000000, "47863826", "SHA512"),
]
NOW = 1_700_000_000
STEP = totp.step_of(NOW)
SECRET = totp.new_secret()


@pytest.mark.parametrize(("seconds", "code", "algorithm"), VECTORS)
def test_the_vectors_of_the_rfc(seconds: int, code: str, algorithm: str) -> None:
    digest, seed = SEEDS[algorithm]
    secret = base64.b32encode(seed).decode()

    assert pyotp.TOTP(secret, digits=8, digest=digest).generate_otp(totp.step_of(seconds)) == code


@pytest.mark.parametrize(("seconds", "code"), [(row[0], row[1]) for row in VECTORS if row[2] == "SHA1"])
def test_our_codes_are_the_last_six_digits_of_those_with_sha_1(seconds: int, code: str) -> None:
    secret = base64.b32encode(SEEDS["SHA1"][1]).decode()

    assert totp.code_at(secret, totp.step_of(seconds)) == code[2:]
    assert totp.offset_of(secret, code[2:], totp.step_of(seconds)) == 0


@pytest.mark.parametrize("ahead", [-3, -2, -1, 0, 1, 2, 3])
def test_one_step_before_and_after_counts_and_no_other(ahead: int) -> None:
    code = totp.code_at(SECRET, STEP + ahead)

    assert totp.offset_of(SECRET, code, STEP) == (ahead if abs(ahead) <= 1 else None)


@pytest.mark.parametrize("code", ["", "000000000", "12345a", "１２３４５６", "12345"])
def test_what_is_no_code_is_not_one(code: str) -> None:
    if code.isascii():
        assert totp.offset_of(SECRET, code, STEP) is None
    else:
        with pytest.raises(TypeError):  # the door lets no such text in; were it to, it would fail closed
            totp.offset_of(SECRET, code, STEP)


@pytest.mark.parametrize(
    ("offsets", "drift"),
    [((0, 0), 0), ((1,), 1), ((1, 1, 1), 3), ((-1, -1), -2), ((1, 1, 0), 0), ((1, 1, -1), -1)],
)
def test_drift_is_how_often_in_a_row_codes_were_off_to_one_side(offsets: tuple[int, ...], drift: int) -> None:
    found = 0
    for offset in offsets:
        found = totp.drift_after(found, offset)

    assert found == drift


def test_the_address_says_all_that_an_app_needs() -> None:
    read = pyotp.parse_uri(totp.address(SECRET, "bob@example.com"))

    assert isinstance(read, pyotp.TOTP)
    assert (read.secret, read.digits, read.interval, read.digest) == (SECRET, 6, 30, hashlib.sha1)
    assert (read.name, read.issuer) == ("bob@example.com", "Cupel")


def test_a_secret_is_160_bits_and_never_the_same() -> None:
    secrets = {totp.new_secret() for _ in range(100)}

    assert len(secrets) == 100
    assert {len(base64.b32decode(each)) for each in secrets} == {20}
