"""Codes that are sent: to a real HTTP server by apprise's json:// URLs, used once, by another way than the link."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.edge.codes.people import NOW, enroll
from tests.support.mailbox import Mailbox, mailboxes

from cupel.codes.checking import Checker, Claim
from cupel.codes.contacts import Contacts, ContactsUnusable
from cupel.codes.delivering import Delivering
from cupel.codes.metrics import Metrics
from cupel.codes.requests import DeliveryRequest, Refusal
from cupel.messages import send
from cupel.sealed import Vault
from cupel.store.code_deliveries import DeliveryStore
from cupel.store.codes import CodeStore, LockRules

DIGEST = "sha256-" + "ab" * 32
SUBJECT = f"tools/{DIGEST}"


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with mailboxes(1) as (one,):
        yield one


class Office:
    """Deliveries to one mailbox, and the checker that knows them."""

    def __init__(self, store: CodeStore, vault: Vault, folder: Path, mailbox: Mailbox) -> None:
        file = folder / "contacts.json"
        file.write_text(json.dumps({"bob": {"json": mailbox.url}}))
        metrics = Metrics()
        self.mailbox = mailbox
        self.delivering = Delivering(DeliveryStore(store.engine), vault, Contacts(str(file)), send, metrics)
        self.checker = Checker(store, vault, LockRules(), metrics, self.delivering)

    async def deliver(self, person: str = "bob", via: str = "", now: int = NOW) -> str:
        """Answers the code that arrived."""
        asked = DeliveryRequest(person=person, namespace="tools", digest=DIGEST)
        await self.delivering.deliver(asked, SUBJECT, via, now)
        found = re.search(r"code is ([0-9]{8})\.", self.mailbox.letters[-1]["message"])
        assert found
        return found[1]

    async def tries(self, code: str, subject: str = SUBJECT, via: str = "slack", now: int = NOW) -> str:
        return (await self.checker.check(Claim("bob", code, subject, via), now)).outcome


@pytest.fixture
async def office(store: CodeStore, vault: Vault, tmp_path: Path, mailbox: Mailbox) -> Office:
    await enroll(store, vault)
    return Office(store, vault, tmp_path, mailbox)


async def test_a_delivered_code_counts_once(office: Office) -> None:
    code = await office.deliver()

    assert await office.tries(code) == "Right"
    assert await office.tries(code) == "Wrong"


@pytest.mark.parametrize(
    ("subject", "via", "later"),
    [
        pytest.param(f"tools/{DIGEST[:-1]}c", "slack", 0, id="for another digest"),
        pytest.param(f"other/{DIGEST}", "slack", 0, id="for another namespace"),
        pytest.param(SUBJECT, "json", 0, id="by the way the link came"),
        pytest.param(SUBJECT, "slack", 600, id="after ten minutes"),
        pytest.param(SUBJECT, "", 0, id="without a link"),
    ],
)
async def test_where_it_does_not_count(office: Office, subject: str, via: str, later: int) -> None:
    code = await office.deliver()

    assert await office.tries(code, subject, via, NOW + later) == "Wrong"
    assert await office.tries(code) == "Right"


async def test_delivered_codes_end_no_row_of_failures_and_make_none(office: Office) -> None:
    guess = "000000"
    for minute in range(4):
        now = NOW + 60 * minute
        assert await office.tries(guess, now=now) == "Wrong"
        assert await office.tries(await office.deliver(now=now), now=now) == "Right"
    last = NOW + 240
    assert await office.tries(guess, now=last) == "Wrong"
    assert await office.tries(guess, now=last) == "Locked"


async def test_guessing_a_delivered_code_locks_too(office: Office) -> None:
    code = await office.deliver()
    guess = "00000000" if code != "00000000" else "11111111"

    assert [await office.tries(guess) for _ in range(6)] == [*["Wrong"] * 5, "Locked"]
    assert await office.tries(code) == "Locked"


@pytest.mark.parametrize(
    ("person", "via", "wanted", "reason"),
    [
        ("eve", "", None, "NoContact"),
        ("bob", "json", None, "NoContact"),
        ("bob", "json", "json", "SameTransport"),
        ("bob", "", "slack", "NoContact"),
    ],
)
async def test_who_is_not_sent_a_code(
    office: Office, person: str, via: str, wanted: str | None, reason: str
) -> None:
    asked = DeliveryRequest(person=person, namespace="tools", digest=DIGEST, transport=wanted)

    with pytest.raises(Refusal) as refused:
        await office.delivering.deliver(asked, SUBJECT, via, NOW)
    assert refused.value.reason == reason
    assert office.mailbox.letters == []


async def test_nobody_s_mailbox_is_flooded(office: Office) -> None:
    await office.deliver()

    with pytest.raises(Refusal, match="within the last minute"):
        await office.deliver(now=NOW + 59)
    await office.deliver(now=NOW + 60)


async def test_of_many_wishes_at_once_one_is_met(office: Office) -> None:
    wishes = (office.deliver() for _ in range(8))
    answers = await asyncio.gather(*wishes, return_exceptions=True)

    assert sum(isinstance(answer, Refusal) for answer in answers) == 7
    assert len(office.mailbox.letters) == 1


async def test_a_used_code_makes_no_room_for_the_next(office: Office) -> None:
    assert await office.tries(await office.deliver()) == "Right"

    with pytest.raises(Refusal, match="within the last minute"):
        await office.deliver(now=NOW + 59)


async def test_a_code_that_did_not_arrive_does_not_count_and_can_be_asked_for_again(office: Office) -> None:
    office.mailbox.status = 500
    with pytest.raises(Refusal, match="could not be sent by json"):
        await office.deliver()

    office.mailbox.status = 200
    assert await office.tries(await office.deliver()) == "Right"


async def test_the_store_holds_no_code(office: Office, tmp_path: Path, store_url: str) -> None:
    code = await office.deliver()

    if store_url.startswith("sqlite"):
        stored = b"".join(path.read_bytes() for path in tmp_path.glob("store.db*"))
        assert b"bob" in stored and code.encode() not in stored


async def test_contacts_that_changed_for_the_worse_send_nothing(office: Office, tmp_path: Path) -> None:
    (tmp_path / "contacts.json").write_text(json.dumps({"bob": {"slack": office.mailbox.url}}))

    with pytest.raises(Refusal, match="contacts cannot be read"):
        await office.deliver()
    assert office.mailbox.letters == []


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("x", "not JSON"),
        ("[]", "an object from person"),
        ('{"bob": "json://SecretWord"}', "`bob` must be"),
        ('{"bob": {"slack": "json://SecretWord"}}', "`bob.slack` is a json URL: name it json"),
        ('{"bob": {"x": "x://SecretWord"}}', "`bob.x`: the x URL"),
    ],
)
def test_contacts_that_cannot_be_meant(tmp_path: Path, text: str, why: str) -> None:
    (tmp_path / "c").write_text(text)

    with pytest.raises(ContactsUnusable, match=why) as refused:
        Contacts(str(tmp_path / "c")).check()
    assert "SecretWord" not in str(refused.value)
