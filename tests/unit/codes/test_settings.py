"""The code service's settings: defaults, and errors that name the variable; secrets are not shown."""

from __future__ import annotations

import pytest

from cupel.settings.codes import codes_settings
from cupel.settings.environment import SettingError


def test_nothing_needs_to_be_said() -> None:
    found = codes_settings({})

    assert (found.port, found.failures, found.lock_seconds, found.enrolment_days) == (8005, 5, 900, 90)
    assert found.health_port == 8081
    assert (found.url, found.contacts_file) == ("", "")


@pytest.mark.parametrize(
    ("variable", "value", "says"),
    [
        ("CUPEL_CODES_FAILURES", "0", "from 1 to 20"),
        ("CUPEL_CODES_LOCK_SECONDS", "soon", "from 1 to 86400"),
        ("CUPEL_CODES_ENROLMENT_DAYS", "0.5", "from 1 to 3650"),
        ("CUPEL_CODES_URL", "codes.example.com", "https://codes.example.com"),
        ("CUPEL_CODES_URL", "https://a/?token=1", "must look like"),
        ("CUPEL_HTTP_PORT", "70000", "from 0 to 65535"),
        ("CUPEL_CODES_LISTEN_PORT", "http", "from 0 to 65535"),
    ],
)
def test_what_cannot_be_meant(variable: str, value: str, says: str) -> None:
    with pytest.raises(SettingError, match=variable) as refused:
        codes_settings({variable: value})
    assert says in str(refused.value)


def test_a_store_s_password_is_not_shown() -> None:
    found = codes_settings({"CUPEL_CODES_STORE": "postgresql://cupel:SecretWord@host/db"})

    assert "SecretWord" not in repr(found)


def test_a_url_has_no_slash_at_its_end() -> None:
    assert (
        codes_settings({"CUPEL_CODES_URL": "https://codes.example.com/"}).url == "https://codes.example.com"
    )
