"""The code of template text-convert."""

from __future__ import annotations

CODE = '''
"""Converts a text."""

import base64
import binascii
import hashlib
import html
import re
import unicodedata
from urllib.parse import quote, unquote

# parameters

PLAIN = str.maketrans({"ł": "l", "Ł": "l", "ø": "o", "Ø": "o", "đ": "d", "ß": "ss", "æ": "ae", "œ": "oe"})


def slug(given):
    """Lower case, without accents, words joined by hyphens."""
    apart = unicodedata.normalize("NFKD", given.translate(PLAIN))
    plain = "".join(each for each in apart if not unicodedata.combining(each))
    return "-".join(re.findall("[a-z0-9]+", plain.lower()))


def trim(given):
    """Each line without spaces around it, runs of spaces as one."""
    return "\\n".join(" ".join(line.split()) for line in given.splitlines())


def unique_lines(given):
    return "\\n".join(dict.fromkeys(given.splitlines()))


def sort_lines(given):
    return "\\n".join(sorted(given.splitlines(), key=str.casefold))


def decoded(content):
    try:
        return content.decode()
    except UnicodeDecodeError:
        raise ValueError("what is encoded is no text") from None


def from_base64(given):
    plain = re.sub(r"\\s", "", given).translate(str.maketrans("-_", "+/")).rstrip("=")
    try:
        return decoded(base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True))
    except binascii.Error:
        raise ValueError("the text is no base64") from None


def from_hex(given):
    try:
        return decoded(bytes.fromhex(given))
    except ValueError as error:
        if "encoded" in str(error):
            raise
        raise ValueError("the text is no hexadecimal") from None


def from_percent(given):
    try:
        return unquote(given, errors="strict")
    except UnicodeDecodeError:
        raise ValueError("what is encoded is no text") from None


def encoded(given):
    try:
        return given.encode()
    except UnicodeEncodeError:
        raise ValueError("the text holds half a character and cannot be encoded") from None


CONVERSIONS = {
    # conversions
}


# signature
    # call
'''
