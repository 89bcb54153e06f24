"""Files of Kubernetes objects, read without trusting them."""

from __future__ import annotations

import pytest

from cupel.cli.manifests import MAX_BYTES, Unreadable, documents

LAUGHS = "a: &a [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{new}: &{new} [{', '.join([f'*{old}'] * 10)}]\n" for old, new in zip("abcdef", "bcdefg", strict=True)
)


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
        pytest.param(b"kind: X\na: \x00\n", "not YAML", id="a NUL byte"),
        pytest.param(b"kind: X\na: &a [*a]\n", "contains itself", id="a cycle"),
        pytest.param(b"kind: X\n" + LAUGHS.encode(), "unfolds to more", id="a billion laughs"),
        pytest.param(b"kind: !!python/object:os.system x\n", "not YAML", id="a Python object"),
        pytest.param(b"[" * 100_000, "not YAML", id="deep nesting"),
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
