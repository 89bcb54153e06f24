"""Secrets written into code, and program text hidden in encoded constants."""

from __future__ import annotations

import ast
import binascii
import math
import re
from collections import Counter
from collections.abc import Iterator

from .program import Program
from .rules import Found, found

_SECRETS = {
    "an AWS access key": r"\b(?:AKIA|ASIA|AROA|AIDA)[0-9A-Z]{16}\b",
    "a GitHub token": r"\bgh[pousr]_[A-Za-z0-9]{20,255}\b|\bgithub_pat_[A-Za-z0-9_]{22,}",
    "a GitLab token": r"\bglpat-[A-Za-z0-9_-]{20,}",
    "a Slack token": r"\bxox[abeoprs]-[A-Za-z0-9-]{10,}",
    "a Slack webhook": r"hooks\.slack\.com/services/T[A-Z0-9]+/B[A-Z0-9]+/[A-Za-z0-9]{16,}",
    "a model provider's key": r"\bsk-(?:ant-|proj-|live-|or-)?[A-Za-z0-9_-]{20,}",
    "a Stripe key": r"\b[rsp]k_(?:live|test)_[A-Za-z0-9]{16,}",
    "a Google key": r"\bAIza[0-9A-Za-z_-]{35}|\bya29\.[0-9A-Za-z_-]{20,}",
    "a registry token": r"\bnpm_[A-Za-z0-9]{36}\b|\bpypi-AgE[A-Za-z0-9_-]{20,}|\bdckr_pat_[A-Za-z0-9_-]{20,}",
    "a Hugging Face token": r"\bhf_[A-Za-z0-9]{30,}\b",
    "a SendGrid key": r"\bSG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}",
    "an Azure key": r"AccountKey=[A-Za-z0-9+/]{40,}={0,2}",
    "a private key": r"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----",
    "a JSON Web Token": r"\beyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}",
    "a password in a URL": r"\b[a-z][a-z0-9+]{1,15}://[^\s/:@{}'\"<>]{1,64}:[^\s/:@{}'\"<>]{3,64}@[A-Za-z0-9]",
    "a bearer token": r"\b[Bb]earer [A-Za-z0-9_.~+/-]{24,}",
}
_ANY_SECRET = re.compile("|".join(f"({pattern})" for pattern in _SECRETS.values()))
_KINDS = tuple(_SECRETS)
_TELLING = re.compile(
    r"(?:^|_)(?:pass(?:word|wd|phrase)?|pwd|secret|api_?key|token|credentials?|private_?key|access_?key|auth_?key|"
    r"secret_?key|client_?secret|signing_?key|encryption_?key)$",
    re.IGNORECASE,
)
_PLACEHOLDER = re.compile(
    r"example|placeholder|changeme|your|xxxx|\*\*\*|<|\{|dummy|redacted|[^!-~]|^(.)\1*$", re.IGNORECASE
)
_ENCODED = re.compile(r"[A-Za-z0-9+/_-]{16,}={0,2}")
_HEX = re.compile(r"(?:[0-9a-fA-F]{2}){12,}")
_PROGRAM = re.compile(
    r"\b(?:exec|eval|compile|__import__|getattr)\s*\(|^\s*import [a-z_]+|^\s*from [a-z_.]+ import |"
    r"\b(?:os|subprocess|socket)\.[a-z_]+\(|/bin/(?:ba)?sh|__(?:class|globals|builtins|subclasses)__",
    re.MULTILINE,
)


def examine_leaks(program: Program) -> Iterator[Found]:
    """Findings about secrets and hidden program text."""
    text = program.source.decode("utf-8")
    for number, line in enumerate(text.split("\n"), 1):
        yield from _secrets(line, number, "")
    for node in program.each(ast.Constant):
        yield from _constant(node)
    for joined in program.each(ast.BinOp):
        inner = isinstance(program.parent(joined), ast.BinOp)  # the whole is scanned already
        folded = None if inner or not isinstance(joined.op, ast.Add) else _concatenated(joined)
        if folded:
            yield from _secrets(folded, joined.lineno, " (pieced together)")
            yield from _decoded(folded, joined.lineno)
    yield from _named(program)


def _secrets(text: str, line: int, how: str) -> Iterator[Found]:
    for match in _ANY_SECRET.finditer(text):
        kind = _KINDS[(match.lastindex or 1) - 1]
        yield found("secret-in-code", line, f"This looks like {kind}{how}.")


def _constant(node: ast.Constant) -> Iterator[Found]:
    value = node.value
    if isinstance(value, bytes):
        value = value.decode("latin-1")
    if isinstance(value, str) and len(value) >= 16:
        yield from _secrets(value, node.lineno, "")
        yield from _decoded(value, node.lineno)


def _decoded(text: str, line: int) -> Iterator[Found]:
    for plain in _decodings(text):
        yield from _secrets(plain, line, " (encoded)")
        if _PROGRAM.search(plain):
            yield found("concealed-code", line, "The constant decodes to program text.")


def _decodings(text: str) -> Iterator[str]:
    """Readable texts that whole base64, hexadecimal or reversed constants stand for."""
    compact = "".join(text.split())
    candidates = []
    if _HEX.fullmatch(compact):
        candidates.append(binascii.unhexlify(compact))
    if _ENCODED.fullmatch(compact):
        padded = compact.rstrip("=").replace("-", "+").replace("_", "/")
        for data in (padded, padded[::-1]):
            if len(data) % 4 != 1:
                candidates.append(binascii.a2b_base64(data + "=" * (-len(data) % 4)))
    for raw in candidates:
        plain = raw.decode("latin-1")
        if sum(c.isprintable() or c in "\n\r\t" for c in plain) >= 0.95 * len(plain) and plain.isascii():
            yield plain


def _concatenated(node: ast.AST, depth: int = 0) -> str | None:
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.BinOp(left=left, op=ast.Add(), right=right) if depth < 50:
            first, second = _concatenated(left, depth + 1), _concatenated(right, depth + 1)
            return None if first is None or second is None else first + second
    return None


def _named(program: Program) -> Iterator[Found]:
    """Text with the randomness of a key, given to something whose name says it is one."""
    for name, value in _assignments(program):
        if not _TELLING.search(name):
            continue
        text = _concatenated(value)
        if text is not None and looks_random(text):
            yield found(
                "secret-in-code", getattr(value, "lineno", 0), f"{name} is given what looks like a secret."
            )


def _assignments(program: Program) -> Iterator[tuple[str, ast.AST]]:
    for node in program.each(ast.Assign):
        for target in node.targets:
            name = getattr(target, "id", None) or getattr(target, "attr", None)
            if isinstance(name, str):
                yield name, node.value
    for declared in program.each(ast.AnnAssign):
        if isinstance(declared.target, ast.Name) and declared.value is not None:
            yield declared.target.id, declared.value
    for keyword in program.each(ast.keyword):
        yield keyword.arg or "", keyword.value
    yield from _entries(program)


def _entries(program: Program) -> Iterator[tuple[str, ast.AST]]:
    for table in program.each(ast.Dict):
        for key, value in zip(table.keys, table.values, strict=True):
            if isinstance(key, ast.Constant) and isinstance(key.value, str):
                yield key.value.replace("-", "_"), value


def looks_random(text: str) -> bool:
    """True for text of at least eight characters, mixed or of much entropy, that is no placeholder."""
    if not 8 <= len(text) <= 512 or _PLACEHOLDER.search(text):
        return False
    kinds = sum(
        (
            any(map(str.islower, text)),
            any(map(str.isupper, text)),
            any(map(str.isdigit, text)),
            not text.isalnum(),
        )
    )
    return (kinds >= 3 and entropy(text) >= 2.75) or (len(text) >= 20 and kinds >= 2 and entropy(text) >= 3.5)


def entropy(text: str) -> float:
    """Shannon entropy in bits a character."""
    return -sum(n / len(text) * math.log2(n / len(text)) for n in Counter(text).values())
