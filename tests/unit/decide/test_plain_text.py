"""Nothing a stranger wrote does more in a chat than be read."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cupel.decide.plain_text import plain


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("two\nlines\r\n and\ttabs", "two lines and tabs"),
        ("bell\x07 null\x00 escape\x1b[31m", "bell null escape [31m"),
        ("right\u202eto left, zero\u200bwidth, \u2028line", "right to left, zero width, line"),
        ("tag\U000e0041s", "tag s"),
        # mentions
        ("<!channel> <@U1> <a href='x'>", "‹!channel› ‹(at)U1› ‹a href='x'›"),
        ("&lt;!channel&gt; !here|x&gt; a & b", "& lt;!channel& gt; !here｜x& gt; a & b"),
        ("@everyone, and alice@example.com", "(at)everyone, and alice(at)example[.]com"),
        ("bob@everyone .@here x\u200b@here", "bob(at)everyone .(at)here x (at)here"),
        ("＠everyone ﹫everyone a＠here", "(at)everyone (at)everyone a(at)here"),
        # links
        ("[approve](https://evil.example)", "[approve] (https: //evil[.]example)"),
        ("see www.evil.example/approve", "see www[.]evil[.]example/approve"),
        ("evil.example. Done.", "evil[.]example. Done."),
        ("//evil.com ftp.x mailto:a@b.c", "//evil[.]com ftp[.]x mailto:a(at)b[.]c"),
        ("evil。example evil．example evil｡com", "evil[.]example evil[.]example evil[.]com"),
        ("evil․com evil.例子 evil.xn--p1ai", "evil[.]com evil[.]例子 evil[.]xn--p1ai"),
        ("10.0.0.1/x took 1.5 s, v1.2.3", "10[.]0[.]0[.]1/x took 1.5 s, v1.2.3"),
        # markup
        ("*Approved* _by_ ~no~ ||x|| #general", "＊Approved＊ ＿by＿ ～no～ ｜｜x｜｜ ♯general"),
        ("```code```", "'''code'''"),
        ("x" * 100, "x" * 49 + "…"),
    ],
)
def test_a_strangers_text_is_only_read(text: str, shown: str) -> None:
    assert plain(text, 50) == shown


SIGNS = "@＠﹫<>`*_~|#＃"
TRICKY = st.text(st.sampled_from("ab1 @＠﹫.。．｡․*_~|#<>&;:/[]()\u200b\u2060\ufe0f例") | st.characters())


@given(TRICKY, st.integers(1, 500))
def test_any_text_becomes_one_bounded_line_without_a_sign_that_does_something(
    text: str, longest: int
) -> None:
    shown = plain(text, longest)

    assert len(shown) <= longest
    assert shown.isprintable() and "\n" not in shown
    assert not set(SIGNS) & set(shown)
    assert "://" not in shown and "](" not in shown
    assert not re.search(r"\w[.․。．｡][^\W\d]", shown)
