"""What the service answers to requests nobody should send, and codes that are delivered, end to end."""

from __future__ import annotations

import json
import re
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.contract.admission.server import Server
from tests.contract.cli.stage import Stage
from tests.contract.codes.people import Person
from tests.contract.codes.process import CodeService, running
from tests.support.mailbox import Mailbox, mailboxes

pytestmark = pytest.mark.apiserver
DIGEST = "sha256-" + "ab" * 32
CODE = "def run(text: str) -> dict:\n    return {'words': len(text.split())}  # %s\n"
GOOD = {
    "person": "nobody", "namespace": "tools", "digest": DIGEST, "digestPrefix": "ab" * 8,
    "decision": "Approve", "code": "123456",
}  # fmt: skip


def post(codes: CodeService, path: str, body: object) -> tuple[int, dict[str, str]]:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    request = urllib.request.Request(f"http://{codes.address}:{codes.port}{path}", raw, method="POST")
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status, json.loads(answer.read())
    except urllib.error.HTTPError as refused:
        return refused.code, json.loads(refused.read())


@pytest.mark.parametrize(
    ("body", "status", "says"),
    [
        pytest.param(b"{", 400, "`the body`", id="no JSON"),
        pytest.param(b"x" * 9000, 413, "8192 bytes", id="too long"),
        pytest.param({}, 400, "`person`", id="empty"),
        pytest.param(GOOD | {"code": "12345"}, 400, "`code`", id="five digits"),
        pytest.param(GOOD | {"code": "１２３４５６"}, 400, "`code`", id="digits of another script"),
        pytest.param(GOOD | {"digest": "latest"}, 400, "`digest`", id="no digest"),
        pytest.param(GOOD | {"digestPrefix": "ab" * 4}, 400, "`digestPrefix`", id="eight digits"),
        pytest.param(GOOD | {"decision": "Perhaps"}, 400, "`decision`", id="perhaps"),
        pytest.param(GOOD | {"groups": ["system:masters"]}, 400, "`groups`", id="groups of one's own"),
        pytest.param(GOOD | {"namespace": "a/../b"}, 400, "`namespace`", id="a path for a namespace"),
    ],
)
def test_bad_requests_are_told_which_field(codes: CodeService, body: object, status: int, says: str) -> None:
    found, answer = post(codes, "/v1/decisions", body)

    assert (found, answer["kind"]) == (status, "CodeRefusal")
    assert says in answer["message"]
    assert "12345" not in answer["message"] and "masters" not in answer["message"]


@pytest.mark.parametrize("path", ["/metrics", "/readyz", "/livez"])
def test_callers_read_no_metrics(codes: CodeService, path: str) -> None:
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(f"http://{codes.address}:{codes.port}{path}", timeout=10)
    refused.value.close()
    assert refused.value.code == 404


def test_one_person_cannot_be_asked_about_without_end(codes: CodeService) -> None:
    asked = [post(codes, "/v1/decisions", GOOD | {"person": "flooded"})[0] for _ in range(40)]

    assert 429 in asked and asked[0] == 422
    assert post(codes, "/v1/decisions", GOOD | {"person": "somebody-else"})[0] == 422


class TestDelivered:
    """A service that knows how to reach people: by two mailboxes, one of them called form."""

    @pytest.fixture
    def boxes(self) -> Iterator[tuple[Mailbox, ...]]:
        with mailboxes(2) as both:
            yield both

    @pytest.fixture
    def with_contacts(
        self, server: Server, tmp_path: Path, boxes: tuple[Mailbox, ...], alone: None
    ) -> Iterator[tuple[CodeService, Person]]:
        bob = Person(server)
        ways = {"json": boxes[0].url, "xml": boxes[1].url.replace("json://", "xml://")}
        (tmp_path / "contacts.json").write_text(json.dumps({bob.name: ways}))
        with running(server, tmp_path, CUPEL_CODES_CONTACTS_FILE=str(tmp_path / "contacts.json")) as here:
            code, output = bob.enroll()
            assert code == 0, output
            yield here, bob

    def test_a_link_by_one_transport_and_the_code_by_another(
        self, stage: Stage, with_contacts: tuple[CodeService, Person], boxes: tuple[Mailbox, ...]
    ) -> None:
        codes, bob = with_contacts
        stage.tool("sent", CODE % "sent")
        digest = stage.revise("sent")
        place = ("sent", "-n", stage.namespace)

        linked = bob.cupel("codes", "link", *place, "--by", "json")
        assert linked.exit_code == 0, linked.output
        found = re.search(r"http://\S+", boxes[0].newest())
        assert found
        sent = bob.cupel("codes", "deliver", *place, "--by", "xml")
        assert sent.exit_code == 0, sent.output
        code = re.search(r"code is ([0-9]{8})", boxes[1].newest())
        assert code
        alone = bob.cupel("approve", *place, "--code", code[1], "--digest-prefix", digest[7:23])
        assert alone.exit_code == 1 and "only on the page of a link" in alone.stderr, alone.output
        assert digest not in stage.decisions
        assert self.decide(found[0], digest, code[1])[0] == 200
        assert stage.decisions[digest]["code"]["by"] == bob.name
        assert code[1] not in codes.log and "S3cretWord" not in codes.log

    def test_a_link_takes_no_code_that_came_the_same_way(
        self, stage: Stage, with_contacts: tuple[CodeService, Person], boxes: tuple[Mailbox, ...]
    ) -> None:
        _, bob = with_contacts
        stage.tool("same", CODE % "same")
        digest = stage.revise("same")
        place = ("same", "-n", stage.namespace, "--by", "json")

        assert bob.cupel("codes", "link", *place).exit_code == 0
        link = re.search(r"http://\S+", boxes[0].newest())
        assert bob.cupel("codes", "deliver", *place).exit_code == 0
        code = re.search(r"code is ([0-9]{8})", boxes[0].newest(2))
        assert link and code
        status, said = self.decide(link[0], digest, code[1])
        assert status == 422 and "the code is not right" in said
        assert digest not in stage.decisions

    def decide(self, url: str, digest: str, code: str) -> tuple[int, str]:
        form = {"prefix": digest[7:23], "code": code, "decision": "Approve"}
        request = urllib.request.Request(url, urllib.parse.urlencode(form).encode())
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as refused:
            return refused.code, refused.read().decode()


@pytest.mark.usefixtures("alone")
def test_a_key_is_rotated_by_putting_a_new_one_first(stage: Stage, server: Server, tmp_path: Path) -> None:
    from cupel.sealed import new_key

    bob = Person(server)
    with running(server, tmp_path):
        assert bob.enroll()[0] == 0
    keys = tmp_path / "keys"
    fresh = new_key()
    keys.write_text(f"{fresh}\n{keys.read_text()}")
    with running(server, tmp_path) as between:
        assert "1 secrets were brought under the first key" in between.log
    keys.write_text(fresh)
    with running(server, tmp_path):
        stage.tool("rotated", CODE % "rotated")
        digest = stage.revise("rotated")
        place = ("rotated", "-n", stage.namespace, "--digest-prefix", digest[7:23])
        result = bob.cupel("approve", *place, "--code", bob.code(1))
        assert result.exit_code == 0, result.output
