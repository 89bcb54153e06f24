"""The notifier's settings: defaults that work, and errors that name the variable."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from cupel.settings.environment import SettingError
from cupel.settings.notify import notify_settings

PAGE = Path(__file__).parents[3] / "docs/notifications.md"
SOURCE = Path(__file__).parents[3] / "operator/cupel/settings/notify.py"


def test_nothing_needs_to_be_set() -> None:
    settings = notify_settings({})

    assert settings.namespaces == ()
    assert settings.pace.lease == 30


def test_a_password_in_the_stores_url_is_not_shown() -> None:
    settings = notify_settings({"CUPEL_STORE_URL": "postgresql://u:S3cretWord@h/d"})

    assert "S3cretWord" not in repr(settings)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"CUPEL_NOTIFY_LEASE_SECONDS": "15"}, "CUPEL_NOTIFY_LEASE_SECONDS must be at least twice"),
        ({"CUPEL_NOTIFY_RETRY_SECONDS": "1000"}, "CUPEL_NOTIFY_LONGEST_RETRY_SECONDS must not be less"),
        ({"CUPEL_NOTIFY_NAMESPACES": "a, B"}, "CUPEL_NOTIFY_NAMESPACES must be names of namespaces"),
        ({"CUPEL_NOTIFY_CLUSTER": "<!channel>"}, "CUPEL_NOTIFY_CLUSTER must be at most 40 letters"),
        ({"CUPEL_NOTIFY_GIVE_UP_SECONDS": "never"}, "CUPEL_NOTIFY_GIVE_UP_SECONDS must be a number"),
    ],
)
def test_what_is_wrong_is_named(values: dict[str, str], said: str) -> None:
    with pytest.raises(SettingError, match=re.escape(said)):
        notify_settings(values)


def test_the_page_lists_every_variable_and_no_other() -> None:
    pattern = r"CUPEL_[A-Z_]+"
    settings = PAGE.read_text().split("## Settings")[1].split("## Metrics")[0]

    assert set(re.findall(pattern, settings)) == set(re.findall(pattern, SOURCE.read_text()))


def test_the_page_lists_every_metric_and_no_other() -> None:
    from cupel.notify.metrics import Metrics

    families = Metrics().registry.collect()
    names = {family.name + ("_total" if family.type == "counter" else "") for family in families}

    table = PAGE.read_text().split("## Metrics")[1]
    assert set(re.findall(r"^\| `(cupel_[a-z_]+)`", table, re.MULTILINE)) == names
