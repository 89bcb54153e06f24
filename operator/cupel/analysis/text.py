"""What can be said of bytes before they are parsed: size, encoding, invisible and look-alike characters."""

from __future__ import annotations

import io
import re
import tokenize
import unicodedata
from collections.abc import Iterator

from .rules import MAX_BYTES, Found, found

_COOKIE = re.compile(rb"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")
_WORD = re.compile(r"\w+")
_INDENT = re.compile(rb"^[ \t]+", re.MULTILINE)
_PLAIN = frozenset("\n\t")
_INVISIBLE = frozenset({"Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp"})
_FATAL = frozenset({"too-large", "nul-byte", "not-utf-8", "byte-order-mark", "encoding-cookie"})
_LOOK_ALIKES = frozenset(
    "аАВеЕкКмМНоОрРсСтТуУхХіІјЈѕЅһԁԛԝӏвьғ"  # Cyrillic
    "αΑΒεΕΖιΙΗκΚΜνΝοΟρΡτΤυΥχΧγ"  # Greek; the rest of it is unmistakable
    "օոսհցքԼԱ"  # Armenian
    "Ɩǀꓐꓓꓔꓖꓗꓡꓢꓣꓴꓳꓲꓮꓰꓱıɑɡɩʋᴏᴄᴠᴡᴢ"
)
"""Letters that pass for ASCII ones in common fonts (a cut of Unicode's confusables table)."""


def examine_text(code: bytes) -> list[Found]:
    """Findings about the bytes as text."""
    findings = list(_encoding(code))
    if any(f.rule in _FATAL for f in findings):
        return findings
    text = code.decode("utf-8")
    findings += _invisible(text)
    findings += _indentation(code)
    if not text.isascii():
        findings += _identifiers(text)
    return findings


def unreadable(findings: list[Found]) -> bool:
    """True when the bytes are no text worth parsing."""
    return any(f.rule in _FATAL for f in findings)


def _encoding(code: bytes) -> Iterator[Found]:
    if len(code) > MAX_BYTES:
        yield found("too-large", 0, f"The code is {len(code)} bytes; at most {MAX_BYTES} are read.")
    if b"\0" in code[: MAX_BYTES + 1]:
        yield found("nul-byte", _line(code, code.find(b"\0")), "There is a NUL byte in the code.")
    if code.startswith(b"\xef\xbb\xbf"):
        yield found("byte-order-mark", 1, "The file starts with a byte order mark.")
    try:
        code.decode("utf-8")
    except UnicodeDecodeError as e:
        yield found("not-utf-8", _line(code, e.start), f"Byte {e.start} is not UTF-8.")
    for number, line in enumerate(re.split(rb"\r\n|\r|\n", code[:4096])[:2], 1):
        cookie = _COOKIE.match(line)
        if cookie and cookie[1].lower().replace(b"_", b"-") not in (b"utf-8", b"utf8"):
            yield found(
                "encoding-cookie", number, f"The coding is {cookie[1].decode('latin-1')!r}, not utf-8."
            )


def _line(code: bytes, offset: int) -> int:
    return code.count(b"\n", 0, offset) + 1


def _invisible(text: str) -> Iterator[Found]:
    for number, line in enumerate(text.replace("\r\n", "\n").split("\n"), 1):
        if line.isascii() and line.isprintable():
            continue
        bad = {c for c in line if c not in _PLAIN and unicodedata.category(c) in _INVISIBLE}
        for character in sorted(bad)[:5]:
            name = unicodedata.name(character, "control or unassigned")
            yield found("hidden-character", number, f"U+{ord(character):04X} ({name}) cannot be seen.")


def _indentation(code: bytes) -> Iterator[Found]:
    indents = {m[0] for m in _INDENT.finditer(code)}
    mixed = [i for i in indents if b"\t" in i and b" " in i]
    both = any(i[:1] == b"\t" for i in indents) and any(i[:1] == b" " for i in indents)
    if mixed:
        yield found("tab-mix", _line(code, code.find(mixed[0])), "One indentation mixes tabs and spaces.")
    elif both:
        yield found("tab-mix", 0, "Some lines are indented with tabs, others with spaces.")


def _identifiers(text: str) -> Iterator[Found]:
    words = {w for line in text.split("\n") if not line.isascii() for w in _WORD.findall(line)}
    if not any(_verdict(word, 0) for word in words if not word.isascii()):
        return  # nothing odd in comments and strings either: the slow tokenizer is not needed
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(text).readline))
    except (tokenize.TokenError, SyntaxError, IndexError):
        return  # the parser says it better
    seen: set[str] = set()
    for token in tokens:
        if token.type == tokenize.NAME and not token.string.isascii() and token.string not in seen:
            seen.add(token.string)
            if finding := _verdict(token.string, token.start[0]):
                yield finding


def _verdict(name: str, line: int) -> Found | None:
    plain = unicodedata.normalize("NFKC", name)
    if plain != name:
        return found("identifier-not-nfkc", line, f"{name!r} is read by Python as {plain!r}.")
    letters = {c for c in name if c.isalpha()}
    scripts = {unicodedata.name(c, "?").split(" ")[0] for c in letters}
    passes = letters <= _LOOK_ALIKES or (bool(letters & _LOOK_ALIKES) and any(c.isascii() for c in letters))
    if passes or ("LATIN" in scripts and scripts - {"LATIN", "GREEK"}):
        shown = name.encode("unicode_escape").decode("ascii")
        return found(
            "identifier-look-alike", line, f"The name {shown} mixes scripts or passes for another one."
        )
    return None
