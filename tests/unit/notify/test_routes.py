"""The file of routes: each error names its field, says what would make it right, and shows no secret."""

from __future__ import annotations

from pathlib import Path

import pytest

from cupel.notify.routes import LARGEST, RoutesFile, RoutesUnusable, parsed

GOOD = """
channels:
- {name: chat, url: "json://user:S3cretWord@hook.example/x"}
routes:
- {name: all, channels: [chat]}
"""
CHANNEL = "channels: [{name: chat, url: 'json://user:S3cretWord@hook.example'}]\n"
BAD = {
    "nothing": ("", "Input should be a valid dictionary or instance of Routing"),
    "no YAML": ("channels: [\n  {url: 'json://S3cretWord'\n", "it must be YAML: see line"),
    "a list": ("- a\n", "Input should be a valid dictionary"),
    "no channels": ("routes: []", "channels: Field required"),
    "no routes": (CHANNEL, "routes: Field required"),
    "an unknown field": (CHANNEL + "routes: []\nroute: []", "route: Extra inputs are not permitted"),
    "a channel without URL": ("channels: [{name: chat}]\nroutes: []", "channels.0.url: Field required"),
    "a name with a space": ("channels: [{name: 'my chat', url: 'json://S3cretWord'}]\nroutes: []", "channels.0.name: String should match pattern"),
    "a URL of no service": ("channels: [{name: chat, url: 'slakc://S3cretWord'}]\nroutes: []", "channels.0.url must be an apprise URL: the slakc URL is none that apprise knows"),
    "a URL that is a list": ("channels: [{name: chat, url: ['S3cretWord']}]\nroutes: []", "channels.0.url: Input should be a valid string"),
    "a URL that lacks a part": ("channels: [{name: chat, url: 'slack://S3cretWord'}]\nroutes: []", "channels.0.url must be an apprise URL"),
    "a name twice": ("channels: [{name: a, url: 'json://x'}, {name: a, url: 'json://S3cretWord'}]\nroutes: []", "channels.1.name must be used once, not again: 'a'"),
    "a route twice": (CHANNEL + "routes: [{name: a, channels: [chat]}, {name: a, channels: [chat]}]", "routes.1.name must be used once"),
    "a channel nobody made": (CHANNEL + "routes: [{name: a, channels: [chat]}, {name: b, channels: [mail]}]", "routes.1.channels must name channels of this file, not 'mail'"),
    "a route to nowhere": (CHANNEL + "routes: [{name: a, channels: []}]", "routes.0.channels: Tuple should have at least 1 item"),
    "news of another kind": (CHANNEL + "routes: [{name: a, channels: [chat], news: [Waiting, Failed]}]", "routes.0.news.1: Input should be 'Served', 'Refused', 'Waiting' or 'Condemned'"),
    "a reminder at once": (CHANNEL + "routes: [{name: a, channels: [chat], remindAfterSeconds: [1]}]", "routes.0.remindAfterSeconds.0: Input should be greater than or equal to 60"),
    "a reminder in words": (CHANNEL + "routes: [{name: a, channels: [chat], remindAfterSeconds: ['1h']}]", "routes.0.remindAfterSeconds.0: Input should be a valid integer"),
    "a pattern in the middle": (CHANNEL + "routes: [{name: a, channels: [chat], namespaces: ['a*b']}]", "routes.0.namespaces.0: String should match pattern"),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD)
def test_a_bad_file_is_refused_by_name(case: str) -> None:
    text, said = BAD[case]

    with pytest.raises(RoutesUnusable) as refused:
        parsed(text)

    assert said in str(refused.value)
    assert "S3cretWord" not in str(refused.value) + repr(refused.value)
    assert refused.value.__cause__ is None and refused.value.__suppress_context__


def test_a_good_file_shows_no_url_either() -> None:
    routing = parsed(GOOD)

    assert routing.url("chat") == "json://user:S3cretWord@hook.example/x"
    assert routing.url("mail") == ""
    assert "S3cretWord" not in repr(routing)


def test_what_changes_is_taken_up_and_what_is_broken_is_not(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "routes.yaml"
    path.write_text(GOOD)
    file = RoutesFile(str(path))
    assert not file.look(), "nothing changed"

    path.write_text(GOOD.replace("channels: [chat]", "channels: [chat], news: [Waiting]"))
    assert file.look() and file.routing.routes[0].news == ("Waiting",)

    for content in (b"routes: nonsense", b"\xff", b"#" * (LARGEST + 1)):
        path.write_bytes(content)
        assert not file.look() and not file.look()
        assert file.problem and file.routing.routes[0].news == ("Waiting",)
    path.unlink()
    assert not file.look()
    assert "cannot be read: No such file" in file.problem
    assert len([r for r in caplog.records if "stay in force" in r.message]) == 4, "each is said once"

    path.write_text(GOOD)
    assert file.look() and file.problem == ""


def test_the_old_file_comes_back(tmp_path: Path) -> None:
    """Broken, then as it was: nothing new is in force, and there is no problem any more."""
    path = tmp_path / "routes.yaml"
    path.write_text(GOOD)
    file = RoutesFile(str(path))
    for broken in (lambda: path.write_text("x"), path.unlink):
        broken()
        file.look()
        assert file.problem
        path.write_text(GOOD)
        assert not file.look()
        assert file.problem == ""


def test_a_reason_that_looks_misspelled_is_said(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "routes.yaml"
    path.write_text(GOOD.replace("channels: [chat]", "channels: [chat], reasons: [AwaitingAproval, Serving]"))

    RoutesFile(str(path))

    assert ["AwaitingAproval" in record.message for record in caplog.records] == [True]
