"""Time-based one-time passwords (RFC 6238), as far as they are arithmetic. Pure; time is an argument."""

from __future__ import annotations

import hmac

import pyotp

STEP_SECONDS = 30
DIGITS = 6
WINDOW = 1
"""Steps before and after the present one whose code is accepted (RFC 6238, section 5.2)."""
FAR = 20
"""Steps, ten minutes, within which a code that is not accepted still tells of a wrong clock."""
PERSISTENT = 3
"""Accepted codes in a row off to the same side that tell of a drifting clock."""
ISSUER = "Cupel"


def new_secret() -> str:
    """160 bits in Base32, as long as SHA-1's output (RFC 4226, section 4)."""
    return pyotp.random_base32(32)


def step_of(now: float) -> int:
    return int(now) // STEP_SECONDS


def code_at(secret: str, step: int) -> str:
    return pyotp.TOTP(secret, digits=DIGITS, interval=STEP_SECONDS).generate_otp(step)


def offset_of(secret: str, code: str, step: int, window: int = WINDOW) -> int | None:
    """How many steps from `step` this code is; None outside the window. Takes as long for every answer."""
    found = None
    for offset in range(-window, window + 1):
        if step + offset >= 0 and hmac.compare_digest(code_at(secret, step + offset), code):
            found = offset if found is None or abs(offset) < abs(found) else found
    return found


def drift_after(drift: int, offset: int) -> int:
    """How often in a row accepted codes were off to one side; the sign says which."""
    if offset == 0:
        return 0
    return drift + offset if drift * offset > 0 else offset


def address(secret: str, person: str, issuer: str = ISSUER) -> str:
    """The otpauth:// address that authenticator apps read from a QR code."""
    return pyotp.TOTP(secret, digits=DIGITS, interval=STEP_SECONDS).provisioning_uri(
        name=person, issuer_name=issuer
    )
