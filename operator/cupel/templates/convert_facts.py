"""What template text-convert can do, and texts it does it to."""

from __future__ import annotations

from typing import Literal

Operation = Literal[
    "upper", "lower", "title", "slug", "trim", "reverse", "sort_lines", "unique_lines", "base64_encode",
    "base64_decode", "hex_encode", "hex_decode", "url_encode", "url_decode", "html_escape", "html_unescape", "sha256",
    "md5",
]  # fmt: skip

Fact = tuple[str, str]
FACTS: dict[Operation, tuple[Fact, ...]] = {
    "upper": (
        ("zażółć Ana", "ZAŻÓŁĆ ANA"), ("a1", "A1"), ("", ""), ("straße", "STRASSE"), ("a\nb", "A\nB"), ("ABC", "ABC"),
        ("~", "~"), ("são", "SÃO"),
    ),
    "lower": (
        ("ÀÉ Ana", "àé ana"), ("A1", "a1"), ("", ""), ("A\nB", "a\nb"), ("abc", "abc"), ("ŁÓDŹ", "łódź"), ("~", "~"),
        ("SÃO", "são"),
    ),
    "title": (
        ("ana e rui", "Ana E Rui"), ("ANA", "Ana"), ("", ""), ("łódź", "Łódź"), ("a-b", "A-B"), ("x1y", "X1Y"), ("~", "~"),
        ("one\ntwo", "One\nTwo"),
    ),
    "slug": (
        ("Zażółć gęślą jaźń!", "zazolc-gesla-jazn"), ("  São Paulo: 2026 ", "sao-paulo-2026"), ("Łódź", "lodz"),
        ("Straße Ørsted đ æ œ ø", "strasse-orsted-d-ae-oe-o"), ("---", ""), ("a_b", "a-b"), ("Crème brûlée", "creme-brulee"),
        ("x", "x"),
    ),
    "trim": (
        (" a  b \n\tc ", "a b\nc"), ("a\n\nb", "a\n\nb"), ("", ""), ("   ", ""), ("a", "a"), ("a\r\nb", "a\nb"),
        ("a\u00a0b", "a b"), ("~ ", "~"),
    ),
    "reverse": (
        ("abc", "cba"), ("ąb", "bą"), ("", ""), ("a b", "b a"), ("a\nb", "b\na"), ("12", "21"), ("aba", "aba"), ("~!", "!~"),
    ),
    "sort_lines": (
        ("b\nC\na", "a\nb\nC"), ("2\n10\n1", "1\n10\n2"), ("", ""), ("a", "a"), ("b\nb\na", "a\nb\nb"), ("\nx", "\nx"),
        ("Z\ny\nX", "X\ny\nZ"), ("b\r\na", "a\nb"),
    ),
    "unique_lines": (
        ("b\na\nb", "b\na"), ("a\nA", "a\nA"), ("", ""), ("a\na\na", "a"), ("a", "a"), ("\n\nx", "\nx"), ("a \na", "a \na"),
        ("b\r\nb", "b"),
    ),
    "base64_encode": (
        ("Hello", "SGVsbG8="), ("ąć", "xIXEhw=="), ("", ""), ("???", "Pz8/"), ("~~~", "fn5+"), ("a", "YQ=="), ("ab", "YWI="),
        ("abc", "YWJj"),
    ),
    "base64_decode": (
        ("SGVsbG8=", "Hello"), ("xIXE\nhw", "ąć"), ("Pz8_", "???"), ("fn5-", "~~~"), ("", ""), ("YQ", "a"), ("YWJj", "abc"),
    ),
    "hex_encode": (
        ("AB", "4142"), ("ą", "c485"), ("", ""), ("a b", "612062"), ("\n", "0a"), ("~", "7e"), ("00", "3030"), ("€", "e282ac"),
    ),
    "hex_decode": (("4142", "AB"), ("C4 85", "ą"), ("", ""), ("0a", "\n"), ("7E", "~"), ("e282ac", "€")),
    "url_encode": (
        ("a b&c/ą", "a%20b%26c%2F%C4%85"), ("A-1_~.", "A-1_~."), ("", ""), ("100%", "100%25"), ("a+b", "a%2Bb"),
        ("?=#", "%3F%3D%23"), ("\n", "%0A"), ("€", "%E2%82%AC"),
    ),
    "url_decode": (
        ("a%20b%26c", "a b&c"), ("%C4%85", "ą"), ("100%", "100%"), ("", ""), ("a+b", "a+b"), ("%2f%2F", "//"), ("%25", "%"),
    ),
    "html_escape": (
        ('<a href="b">&', "&lt;a href=&quot;b&quot;&gt;&amp;"), ("it's", "it&#x27;s"), ("", ""), ("&amp;", "&amp;amp;"),
        ("ą", "ą"), ("a<b", "a&lt;b"), ("a>b", "a&gt;b"), ("~", "~"),
    ),
    "html_unescape": (
        ("&lt;&amp;&eacute;", "<&é"), ("&#322;", "ł"), ("", ""), ("&#x27;", "'"), ("&amp;lt;", "&lt;"), ("a & b", "a & b"),
        ("&quot;", '"'), ("&nope;", "&nope;"),
    ),
    "sha256": (
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("The quick brown fox jumps over the lazy dog", "d7a8fbb307d7809469ca9abcb0082e4f8d5651e46d3cdb762d02d0bf37c9e592"),
        ("ąć", "d94341b7e5af04476e7dad6ea7d5fdcda4fe9d2c133206630def21542837a205"),
        ("a", "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb"),
        ("~", "7ace431cb61584cb9b8dc7ec08cf38ac0a2d649660be86d349fb43108b542fa4"),
        ("a\nb", "7e18f737311b2dc3b2f269dd78396b0351f14fb66efa879f768cb23181883c78"),
        ("message digest", "f7846f55cf23e14eebeab5b4e1550cad5b509e3348fbc4efa3a1413d393cb650"),
    ),
    "md5": (
        ("abc", "900150983cd24fb0d6963f7d28e17f72"),
        ("", "d41d8cd98f00b204e9800998ecf8427e"),
        ("The quick brown fox jumps over the lazy dog", "9e107d9d372bb6826bd81d3542a419d6"),
        ("ąć", "59a0b33ea82b61c05a4898fcd9367f32"),
        ("a", "0cc175b9c0f1b6a831c399e269772661"),
        ("~", "4c761f170e016836ff84498202b99827"),
        ("a\nb", "8cdeb44417f3c26826595d5820cf5700"),
        ("message digest", "f96b697d7cb7938d525a2f31aaf161d0"),
    ),
}  # fmt: skip
REFUSED: dict[Operation, tuple[Fact, ...]] = {
    "base64_decode": (("a", "no base64"), ("a*b=", "no base64"), ("/w==", "no text")),
    "hex_decode": (("4", "no hexadecimal"), ("zz", "no hexadecimal"), ("ff", "no text")),
    "url_decode": (("%ff", "no text"),),
}
"""text, and what its error says."""
