"""The file of bearer tokens."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from cupel.gateway.callers import (
    Caller,
    TokenFile,
    TokensUnusable,
    asker,
    parse_tokens,
    tenant_of_token,
    tenant_of_user,
)
from cupel.kube.access import User

HASH = "a" * 64
LINE = json.dumps({"name": "alice", "sha256": HASH, "namespaces": ["tools"]})


@pytest.mark.parametrize(
    ("text", "names"),
    [
        pytest.param("", [], id="an empty file lets nobody in"),
        pytest.param(
            f"# people\n\n{LINE}\n  {LINE}\n", ["alice", "alice"], id="a line each; comments are skipped"
        ),
        pytest.param(f"[{LINE}, {LINE}]", ["alice", "alice"], id="an array"),
    ],
)
def test_read(text: str, names: list[str]) -> None:
    assert [token.name for token in parse_tokens(text)] == names


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("alice secret", "line 1: Invalid JSON", id="no JSON"),
        pytest.param(f"{LINE}\n{{}}", "line 2, `name`: Field required", id="a missing field, with its line"),
        pytest.param(LINE.replace(HASH, "secret"), "line 1, `sha256`: String should match", id="no sha256"),
        pytest.param(LINE.replace("tools", "Tools"), "line 1, `namespaces.0", id="no namespace"),
        pytest.param(
            LINE[:-1] + ', "tenant": ""}', "line 1, `tenant`: String should have at least 1", id="no tenant"
        ),
        pytest.param(
            LINE[:-1] + ', "tenant": "a\\nb"}', "line 1, `tenant`: String should match", id="two lines"
        ),
        pytest.param(
            LINE[:-1] + ', "scopes": ["write"]}',
            "line 1, `scopes.0`: Input should be",
            id="no scope there is",
        ),
        pytest.param(
            LINE[:-1] + ', "scopes": []}', "line 1, `scopes`: Tuple should have", id="no scope at all"
        ),
        pytest.param(f"[{LINE},", "the array is not JSON", id="a cut array"),
        pytest.param("\n".join([LINE] * 1001), "more than 1000 tokens", id="too many"),
    ],
)
def test_refused_without_showing_what_might_be_a_token(text: str, message: str) -> None:
    with pytest.raises(TokensUnusable) as raised:
        parse_tokens(text)

    assert message in str(raised.value)
    assert "secret" not in str(raised.value)


def test_a_token_that_says_no_scopes_is_for_what_it_was_before_there_were_any() -> None:
    told = json.dumps(json.loads(LINE) | {"scopes": ["ask"]})

    assert [token.scopes for token in parse_tokens(f"{LINE}\n{told}")] == [("read", "call"), ("ask",)]


def test_an_asker_has_a_name_that_a_gap_can_hold() -> None:
    nobody: frozenset[str] = frozenset()
    long = User("x" * 254)

    assert asker(Caller("token/alice", nobody, "t")) == "token/alice"
    assert asker(Caller("bob", nobody, "t", User("bob"))) == "bob"
    assert asker(Caller(long.name, nobody, "t", long)).startswith("user-sha256/")


@pytest.mark.parametrize(
    ("tenant", "expected"),
    [
        pytest.param(None, "token/alice", id="a token is a tenant of its own"),
        pytest.param("family", "shared/family", id="tokens may share one"),
        pytest.param("token/alice", "shared/token/alice", id="and never become another token's"),
    ],
)
def test_the_tenant_of_a_token(tenant: str | None, expected: str) -> None:
    entry = json.loads(LINE) | ({"tenant": tenant} if tenant else {})

    assert [tenant_of_token(token) for token in parse_tokens(json.dumps(entry))] == [expected]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        pytest.param("alice", "user/alice", id="a user"),
        pytest.param("shared/family", "user/shared/family", id="a user whose name reads like another tenant"),
        pytest.param(
            "a\x00b",
            "user-sha256/" + hashlib.sha256(b"a\x00b").hexdigest(),
            id="a name no database takes",
        ),
        pytest.param(
            "u" * 501, "user-sha256/" + hashlib.sha256(b"u" * 501).hexdigest(), id="a very long name"
        ),
    ],
)
def test_the_tenant_of_a_kubernetes_user(name: str, expected: str) -> None:
    assert tenant_of_user(User(name)) == expected


def test_several_tokens_are_valid_at_once(tmp_path: Path) -> None:
    hashes = [hashlib.sha256(token.encode()).hexdigest() for token in ("old", "new")]
    path = tmp_path / "tokens"
    path.write_text("\n".join(LINE.replace(HASH, digits) for digits in hashes))

    tokens = TokenFile(str(path))

    assert all(tokens.owner(token) for token in ("old", "new"))
    assert tokens.owner("other") is None


def test_a_missing_file_is_an_error_at_the_start() -> None:
    with pytest.raises(TokensUnusable, match="No such file"):
        TokenFile("/nowhere")
