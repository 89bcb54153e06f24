"""Secrets for one reader, and secrets at rest."""

from __future__ import annotations

import base64

import pytest

from cupel.sealed import KeysUnusable, NotForUs, Reader, Unreadable, Vault, new_key, readable_key, seal


def test_only_the_reader_opens_it_and_only_where_it_was_meant() -> None:
    reader, other = Reader(), Reader()
    sealed = seal("the secret", reader.public_key, "serial/bob")

    assert reader.open(sealed, "serial/bob") == "the secret"
    for who, context in ((other, "serial/bob"), (reader, "serial/eve")):
        with pytest.raises(NotForUs):
            who.open(sealed, context)


@pytest.mark.parametrize("place", [0, 31, 32, 43, 44, -1])
def test_a_changed_byte_is_noticed(place: int) -> None:
    reader = Reader()
    raw = bytearray(base64.b64decode(seal("the secret", reader.public_key, "c")))
    raw[place] ^= 1

    with pytest.raises(NotForUs):
        reader.open(base64.b64encode(raw).decode(), "c")


@pytest.mark.parametrize("text", ["", "!", base64.b64encode(b"x" * 8).decode()])
def test_what_was_never_sealed_does_not_open(text: str) -> None:
    with pytest.raises(NotForUs):
        Reader().open(text, "c")


@pytest.mark.parametrize(
    ("key", "good"),
    [
        (Reader().public_key, True),
        (base64.b64encode(bytes(32)).decode(), False),
        ("x", False),
        (base64.b64encode(b"x" * 31).decode(), False),
    ],
    ids=["a fresh one", "of small order", "no Base64", "too short"],
)
def test_which_keys_can_be_sealed_to(key: str, good: bool) -> None:
    assert readable_key(key) is good


class TestVault:
    OLD, NEW = new_key(), new_key()

    def test_the_first_key_encrypts_and_all_decrypt(self) -> None:
        before, between, after = Vault(self.OLD), Vault(f"{self.NEW}\n{self.OLD}"), Vault(self.NEW)
        stored = before.encrypt("secret", "bob")

        assert between.decrypt(stored, "bob") == "secret"
        assert not between.current(stored)
        again = between.encrypt("secret", "bob")
        assert between.current(again)
        assert after.decrypt(again, "bob") == "secret"
        with pytest.raises(Unreadable, match="which the key file lacks"):
            after.decrypt(stored, "bob")

    def test_a_row_moved_to_another_name_cannot_be_opened(self) -> None:
        vault = Vault(self.OLD)

        with pytest.raises(Unreadable):
            vault.decrypt(vault.encrypt("secret", "bob"), "eve")

    def test_nothing_of_the_secret_or_the_key_is_in_what_is_stored_or_shown(self) -> None:
        vault = Vault(self.OLD)
        stored = vault.encrypt("JBSWY3DPEHPK3PXP", "bob")

        assert "JBSWY3DPEHPK3PXP" not in stored + base64.b64decode(stored.partition(":")[2]).hex()
        assert self.OLD not in stored + repr(vault) + str(vars(vault).keys())

    def test_tags_of_older_keys_hold_until_the_key_goes(self) -> None:
        tag = Vault(self.OLD).tag("link", "m")

        assert Vault(f"{self.NEW}\n{self.OLD}").holds(tag, "link", "m")
        assert not Vault(self.NEW).holds(tag, "link", "m")
        assert not Vault(self.OLD).holds(tag, "delivered", "m")
        assert not Vault(self.OLD).holds(tag, "link", "n")

    @pytest.mark.parametrize(
        ("text", "why"),
        [
            ("", "0 keys"),
            ("# only a note\n\n", "0 keys"),
            (f"{new_key()}\nMySecretWord", "line 2"),
            ("\n".join(new_key() for _ in range(17)), "17 keys"),
        ],
    )
    def test_a_key_file_that_cannot_be_meant(self, text: str, why: str) -> None:
        with pytest.raises(KeysUnusable, match=why) as refused:
            Vault(text)
        assert "MySecretWord" not in str(refused.value)
