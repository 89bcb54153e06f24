"""Settings of the pull-request service: what is wrong names its variable."""

from __future__ import annotations

import pytest

from cupel.settings.environment import SettingError
from cupel.settings.pulls import pulls_settings


def test_without_any_it_is_github() -> None:
    found = pulls_settings({})

    assert (found.api, found.git, found.prefix) == ("https://api.github.com", "https://github.com", "cupel")
    assert (found.poll, found.repositories) == (30, frozenset())


def test_repositories_are_a_list() -> None:
    found = pulls_settings({"CUPEL_PULLS_REPOSITORIES": " acme/tools, acme/more.tools "})

    assert found.repositories == {"acme/tools", "acme/more.tools"}


WRONG = {
    "CUPEL_PULLS_API_URL": "ftp://host",
    "CUPEL_PULLS_GIT_URL": "https://user:password@host",
    "CUPEL_PULLS_PREFIX": "Cupel/x",
    "CUPEL_PULLS_REPOSITORIES": "acme",
    "CUPEL_PULLS_POLL_SECONDS": "0",
    "CUPEL_PULLS_TIMEOUT_SECONDS": "soon",
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_named(name: str) -> None:
    with pytest.raises(SettingError, match=name):
        pulls_settings({name: WRONG[name]})
