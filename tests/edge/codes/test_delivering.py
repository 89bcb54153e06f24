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
from cupel.store.code_tries import LockRules
from cupel.store.codes import CodeStore

DIGEST = "sha256-" + "ab" * 32
SUBJECT = f"tools/{DIGEST}"


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with mailboxes(1) as (one,):
        yield one


class Office:
    """Deliveries to one mailbox, and the checker that knows them."""

    def __init__(self, store: CodeStore, vault: Vault, folder: Path, mailbox: Mailbox) -> None:
        self.file = file = folder / "contacts.json"
        metrics = self.metrics = Metrics()
        self.mailbox = mailbox
        self.contacts({"bob": "json"})
        self.delivering = Delivering(DeliveryStore(store.engine), vault, Contacts(str(file)), send, metrics)
        self.checker = Checker(store, vault, LockRules(), metrics, self.delivering)

    def contacts(self, ways: dict[str, str]) -> None:
        self.file.write_text(json.dumps({who: {way: self.mailbox.url} for who, way in ways.items()}))

    def counted(self, outcome: str) -> float:
        name = "cupel_codes_deliveries_total"
        return self.metrics.registry.get_sample_value(name, {"outcome": outcome}) or 0.0

    async def deliver(self, person: str = "bob", via: str = "", now: int = NOW) -> str:
        """Answers the code that arrived."""
        asked = DeliveryRequest(person=person, namespace="tools", digest=DIGEST)
        await self.delivering.deliver(asked, SUBJECT, via, now)
        await self.delivering.outbox.settled()
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


async def test_a_code_is_not_asked_for_by_the_way_the_link_came(office: Office) -> None:
    asked = DeliveryRequest(person="bob", namespace="tools", digest=DIGEST, transport="json")

    with pytest.raises(Refusal) as refused:
        await office.delivering.deliver(asked, SUBJECT, "json", NOW)
    assert refused.value.reason == "SameTransport"


@pytest.mark.parametrize(("person", "via"), [("eve", ""), ("bob", "json")])
async def test_who_is_not_sent_a_code_is_answered_alike(office: Office, person: str, via: str) -> None:
    """Nothing says whether there is a way to somebody: not the answer, not the second one, not how long it takes."""
    office.mailbox.delay = 0.5
    asked = [DeliveryRequest(person=each, namespace="tools", digest=DIGEST) for each in (person, "carol")]
    office.contacts({"bob": "json", "carol": "json"})
    began = asyncio.get_running_loop().time()

    answers = [
        await office.delivering.deliver(each, SUBJECT, way, NOW)
        for each, way in zip(asked, (via, ""), strict=True)
    ]

    assert asyncio.get_running_loop().time() - began < office.mailbox.delay
    assert answers[0]["message"].replace(person, "carol") == answers[1]["message"]
    for each in asked:
        with pytest.raises(Refusal, match="within the last minute"):
            await office.delivering.deliver(each, SUBJECT, "", NOW + 1)
    await office.delivering.outbox.settled()
    assert len(office.mailbox.letters) == 1
    assert [office.counted(word) for word in ("sent", "no_contact")] == [1, 1]


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


async def test_a_code_that_did_not_arrive_does_not_count_and_another_may_be_asked_for(office: Office) -> None:
    office.mailbox.status = 500
    lost = await office.deliver()
    assert await office.tries(lost) == "Wrong"
    assert office.counted("failed") == 1

    office.mailbox.status = 200
    assert await office.tries(await office.deliver(now=NOW + 60), now=NOW + 60) == "Right"


async def test_the_store_holds_no_code(office: Office, tmp_path: Path, store_url: str) -> None:
    code = await office.deliver()

    if store_url.startswith("sqlite"):
        stored = b"".join(path.read_bytes() for path in tmp_path.glob("store.db*"))
        assert b"bob" in stored and code.encode() not in stored


async def test_contacts_that_changed_for_the_worse_send_nothing(
    office: Office, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "contacts.json").write_text(json.dumps({"bob": {"slack": office.mailbox.url}}))

    await office.delivering.deliver(
        DeliveryRequest(person="bob", namespace="tools", digest=DIGEST), SUBJECT, "", NOW
    )
    await office.delivering.outbox.settled()

    assert office.mailbox.letters == []
    assert "the contacts cannot be used: `bob.slack` is a json URL" in caplog.text


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
