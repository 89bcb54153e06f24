"""manifests/base, zones made by the command line, and one code service for the whole suite."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.contract.admission.installed import any_right, apply
from tests.contract.admission.server import Server
from tests.contract.cli.conftest import server as server
from tests.contract.cli.conftest import stage as stage
from tests.contract.codes.people import Person
from tests.contract.codes.process import CodeService, published, running

NewPerson = Callable[..., Person]


@pytest.fixture(scope="package")
def codes(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[CodeService]:
    apply(server, any_right(server))
    with running(server, tmp_path_factory.mktemp("codes")) as here:
        yield here


@pytest.fixture
def alone(server: Server, codes: CodeService) -> Iterator[None]:
    """The suite's service stands still while a test has one of its own: both would answer the same enrolments."""
    codes.child.send_signal(signal.SIGSTOP)
    yield
    codes.child.send_signal(signal.SIGCONT)
    published(server, codes.address, codes.port)


@pytest.fixture
def person(server: Server, codes: CodeService, apiserver_kubeconfig: Path) -> NewPerson:
    """Somebody new, enrolled."""

    def made(**given: object) -> Person:
        found = Person(server, **given)  # type: ignore[arg-type]
        code, output = found.enroll()
        assert code == 0, output
        return found

    return made
