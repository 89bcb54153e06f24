"""Messages over real HTTP, to a server of our own, by apprise's json:// URLs."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator

import pytest
from tests.support.mailbox import Mailbox, served

from cupel.messages import UnusableUrl, send, transport


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with served() as server:
        yield server


async def test_a_message_arrives_as_it_was_written(mailbox: Mailbox) -> None:
    body = "<b>{{x}}</b> \\n & *stars*\nsecond line"

    assert await send([mailbox.url], "A title", body) == ()
    assert [(letter["title"], letter["message"]) for letter in mailbox.letters] == [("A title", body)]


async def test_who_failed_is_named_by_transport_and_the_others_still_get_it(
    mailbox: Mailbox, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)

    failed = await send(
        ["json://user:S3cretWord@127.0.0.1:1/", mailbox.url, "no url: S3cretWord"], "t", "b", 3
    )

    assert failed == ("json", "unusable")
    assert len(mailbox.letters) == 1
    assert "S3cretWord" not in caplog.text


async def test_a_refusal_of_the_other_side_is_a_failure(mailbox: Mailbox) -> None:
    mailbox.status = 403

    assert await send([mailbox.url], "t", "b") == ("json",)


async def test_a_server_that_does_not_answer_in_time_has_failed(mailbox: Mailbox) -> None:
    mailbox.delay = 1.0
    began = time.monotonic()

    assert await send([mailbox.url], "t", "b", 0.2) == ("json",)
    assert time.monotonic() - began < 0.9


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("json://host", "json"),
        ("jsons://host", "json"),
        ("mailtos://user:pass@example.com", "mailto"),
        ("slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/#general", "slack"),
        ("https://hooks.slack.com/services/T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ", "slack"),
    ],
)
def test_a_transport_has_one_name_however_it_is_written(url: str, name: str) -> None:
    assert transport(url) == name


@pytest.mark.parametrize("url", ["", "S3cretWord", "nothing://S3cretWord", "slack://S3cretWord", "syslog://"])
def test_an_unusable_url_is_refused_without_being_shown(url: str) -> None:
    with pytest.raises(UnusableUrl) as refused:
        transport(url)

    assert "S3cretWord" not in str(refused.value)
