"""Enrolling on a real API server: in one's own name alone, once without and ever after with the current code."""

from __future__ import annotations

import pytest
from tests.contract.admission.server import CODES, HOME, Server, eventually
from tests.contract.codes.conftest import NewPerson
from tests.contract.codes.people import Person
from tests.contract.codes.process import CodeService

from cupel.sealed import Reader

pytestmark = pytest.mark.apiserver
PATH = f"/apis/cupel.dev/v1alpha1/namespaces/{HOME}/codeenrollments"


def wish(**spec: object) -> dict[str, object]:
    body = {"purpose": "Enroll", "publicKey": Reader().public_key, **spec}
    return {
        "apiVersion": "cupel.dev/v1alpha1",
        "kind": "CodeEnrollment",
        "metadata": {"generateName": "wish-", "namespace": HOME},
        "spec": {key: value for key, value in body.items() if value is not None},
    }


def test_a_person_enrolls_and_the_object_goes(server: Server, person: NewPerson) -> None:
    bob = person()

    def mine() -> list[str]:
        items = server.get(PATH)["items"]
        return [item["metadata"]["name"] for item in items if item["spec"]["person"] == bob.name]

    end = eventually(lambda: server.call("GET", PATH + f"/{(mine() or ['gone'])[0]}"), allowed=False)
    assert end.code == 404


def test_enrolling_again_needs_the_current_code(person: NewPerson) -> None:
    bob = person()
    before = bob.app

    code, output = bob.enroll(current="000000")
    assert code == 1 and "the current code is not right" in output, output
    assert bob.app is before
    code, output = bob.enroll(current=bob.code())
    assert code == 0, output
    assert bob.app is not before


def test_a_stolen_kubeconfig_alone_does_not_take_over(person: NewPerson, server: Server) -> None:
    bob = person()
    thief = Person(server, bob.name)

    code, output = thief.enroll(current="123456")
    assert code == 1 and "is not right" in output
    result = bob.cupel("codes", "enroll", text="")
    assert result.exit_code != 0


def test_the_name_and_groups_are_the_callers_whatever_they_send(server: Server, codes: CodeService) -> None:
    sent = wish(person="carol", groups=["system:masters"])

    made = server.call("POST", PATH, sent, "bob").allowed().body["spec"]

    assert made["person"] == "bob"
    assert "system:masters" not in made["groups"] and "cupel-approvers" in made["groups"]


def test_it_is_never_changed_afterwards(server: Server, codes: CodeService) -> None:
    made = server.call("POST", PATH, wish(), "bob").allowed().body["metadata"]["name"]

    for spec in ({"person": "carol"}, {"groups": []}, {"publicKey": Reader().public_key}):
        server.patch(f"{PATH}/{made}", {"spec": spec}).refused("immutable", "never changed")


def test_it_has_no_finalizers_and_so_it_goes(server: Server, codes: CodeService) -> None:
    held = {"finalizers": ["example.com/held"]}
    body = wish()
    body["metadata"] = {"generateName": "held-", "namespace": HOME} | held

    server.call("POST", PATH, body, "bob").refused("no finalizers")
    made = server.call("POST", PATH, wish(), "bob").allowed().body["metadata"]["name"]
    server.patch(f"{PATH}/{made}", {"metadata": held}).refused("no finalizers")


def test_nobody_else_answers(server: Server, codes: CodeService) -> None:
    made = server.call("POST", PATH, wish(), "bob").allowed().body["metadata"]["name"]
    answer = {"status": {"sealed": "mine"}}

    server.patch(f"{PATH}/{made}/status", answer).refused("answered by the code service only")
    server.patch(f"{PATH}/{made}/status", answer, "bob").refused("forbidden")


def test_machines_do_not_enroll(server: Server, codes: CodeService) -> None:
    account = "system:serviceaccount:default:default-any"

    server.call("POST", PATH, wish(), account).refused("one-time codes are for people")
    server.call("POST", PATH, wish(), CODES + "-any").refused(
        "may not CREATE", "one-time codes are for people"
    )


def test_it_is_made_in_our_namespace_only(server: Server, codes: CodeService) -> None:
    elsewhere = PATH.replace(HOME, "default")
    body = wish() | {"metadata": {"name": "x", "namespace": "default"}}

    server.call("POST", elsewhere, body).refused("in the namespace cupel-system")


class TestReset:
    def test_an_administrator_resets_and_the_person_enrolls_anew(
        self, person: NewPerson, server: Server
    ) -> None:
        bob, admin = person(), Person(server, groups=("cupel-code-administrators",))

        result = admin.cupel("codes", "reset", bob.name)
        assert result.exit_code == 0, result.output
        assert f"{bob.name} may enroll anew" in result.stdout
        code, output = bob.enroll()
        assert code == 0, output

    def test_nobody_else_does(self, person: NewPerson) -> None:
        bob, eve = person(), person()

        result = eve.cupel("codes", "reset", bob.name)
        assert result.exit_code == 1
        assert "needs the verb administer" in result.stderr

    def test_nobody_resets_themselves(self, person: NewPerson) -> None:
        admin = person(groups=("cupel-code-administrators", "cupel-approvers"))

        result = admin.cupel("codes", "reset", admin.name)
        assert result.exit_code == 1
        assert "nobody resets themselves; ask another administrator" in result.stderr
