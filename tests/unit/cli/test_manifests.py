"""Files of Kubernetes objects, read without trusting them."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest

from cupel.cli.manifests import MAX_BYTES, Unreadable, documents

LAUGHS = "a: &a [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{new}: &{new} [{', '.join([f'*{old}'] * 10)}]\n" for old, new in zip("abcdef", "bcdefg", strict=True)
)


CHAIN = "a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}]\n" for n in range(1, 300))


@pytest.fixture
def deep_frames() -> Iterator[None]:
    """As a client of the API server leaves the process: what Python itself stops is much deeper then."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(30_000)
    yield
    sys.setrecursionlimit(before)


@pytest.mark.usefixtures("deep_frames")
def test_what_is_nested_too_deep_is_told_at_once_whatever_the_limit_of_the_process() -> None:
    """PyYAML looks at each open bracket again for each further one: a thousand of them take seconds."""
    with pytest.raises(Unreadable, match="nested more than 256 levels"):
        documents(b"[" * 1_000_000)


def test_what_is_nested_as_deep_as_it_may_be_is_read() -> None:
    for content in (b'{"kind": "X", "a": %b}', b"kind: X\na: %b\n"):
        assert documents(content % (b"[" * 250 + b"]" * 250))[0]["kind"] == "X"


@pytest.mark.parametrize(
    ("content", "says"),
    [
        pytest.param(b"", "holds no object", id="empty"),
        pytest.param(b"# nothing\n---\n", "holds no object", id="comments only"),
        pytest.param(b"a: [1", "line 1, column 6", id="broken YAML names the place"),
        pytest.param(b"{", "not YAML or JSON", id="broken JSON"),
        pytest.param(b"- a\n", "`kind` is missing", id="a list"),
        pytest.param(b"kind: 3\n", "`kind` is missing", id="a kind that is no text"),
        pytest.param(b"\xff\xfe", "not UTF-8: byte 0", id="not UTF-8"),
        pytest.param(
            b"kind: X\nn: 1\n", "line 2, column 1: the key n is read as true or false", id="a bare n"
        ),
        pytest.param(b"kind: X\na: {on: 1}\n", "the key on is read as", id="a bare on"),
        pytest.param(b"kind: X\na: \x00\n", "not YAML", id="a NUL byte"),
        pytest.param(b"kind: X\na: &a [*a]\n", "contains itself", id="a cycle"),
        pytest.param(b"kind: X\n" + LAUGHS.encode(), "unfolds to more", id="a billion laughs"),
        pytest.param(b"kind: !!python/object:os.system x\n", "not YAML", id="a Python object"),
        pytest.param(b"[" * 100_000, "column 258: nested more than 256 levels", id="deep nesting"),
        pytest.param(b"x: " + b"{a: " * 100_000, "nested more than 256 levels", id="deep objects in YAML"),
        pytest.param(b"- " * 100_000, "nested more than 256 levels", id="deep blocks"),
        pytest.param(b'{"kind": "X", "a": ' + b"[" * 300 + b"]" * 300 + b"}", "nested", id="deep JSON"),
        pytest.param(b'{"a":' * 100_000, "nested more than 256 levels", id="deeper JSON"),
        pytest.param(b"kind: X\n" + CHAIN.encode(), "nested more than 256 levels", id="deep by aliases"),
        pytest.param(b"x" * (MAX_BYTES + 1), "larger than 3 MiB", id="too large"),
    ],
)
def test_what_cannot_be_read_is_said_in_one_line(content: bytes, says: str) -> None:
    with pytest.raises(Unreadable, match=says) as error:
        documents(content)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("content", "kinds"),
    [
        pytest.param(b"kind: A\n---\nkind: B\n", ["A", "B"], id="several documents"),
        pytest.param(b'{"kind": "A"}', ["A"], id="JSON"),
        pytest.param(b"kind: List\nitems: [{kind: A}, {kind: B}]\n", ["A", "B"], id="a List"),
    ],
)
def test_objects_are_found(content: bytes, kinds: list[str]) -> None:
    assert [body["kind"] for body in documents(content)] == kinds


def test_a_date_stays_text_as_the_api_server_reads_it() -> None:
    assert documents(b"kind: A\nday: 2026-01-01\n")[0]["day"] == "2026-01-01"


def test_words_for_true_and_false_are_read_as_kubectl_reads_them() -> None:
    (found,) = documents(b"kind: X\nbare: [n, Y, off, none, yes please]\nquoted: ['n', \"y\"]\n'n': 1\n")

    assert found["bare"] == [False, True, False, "none", "yes please"]
    assert (found["quoted"], found["n"]) == (["n", "y"], 1)
