"""The code of template validate."""

from __future__ import annotations

CODE = '''
"""Checks whether a value has the form it should have, check digits included; not whether it exists."""

import json
import re
from datetime import date
from urllib.parse import urlsplit
from uuid import UUID

# parameters

LABEL = re.compile("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?", re.ASCII)
LOCAL = re.compile("[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+", re.ASCII)
IBAN_LENGTHS = {
    "AT": 20, "BE": 16, "BR": 29, "CH": 21, "CZ": 24, "DE": 22, "DK": 18, "ES": 24, "FI": 18, "FR": 27,
    "GB": 22, "GR": 27, "HU": 28, "IE": 22, "IT": 27, "LU": 20, "NL": 18, "NO": 15, "PL": 28, "PT": 25,
    "RO": 24, "SE": 24, "SK": 24, "TR": 26, "UA": 29,
}
VAT_FORMS = {
    "AT": "U[0-9]{8}", "BE": "[01][0-9]{9}", "CZ": "[0-9]{8,10}", "DE": "[0-9]{9}", "DK": "[0-9]{8}",
    "ES": "[A-Z0-9][0-9]{7}[A-Z0-9]", "FI": "[0-9]{8}", "FR": "[A-Z0-9]{2}[0-9]{9}", "HU": "[0-9]{8}",
    "IE": "[0-9][A-Z0-9][0-9]{5}[A-Z]{1,2}", "IT": "[0-9]{11}", "LU": "[0-9]{8}", "NL": "[0-9]{9}B[0-9]{2}",
    "PL": "[0-9]{10}", "PT": "[0-9]{9}", "RO": "[0-9]{2,10}", "SE": "[0-9]{12}", "SK": "[0-9]{10}",
}
FORM = "it has the wrong form"
LENGTH = "it has the wrong length"
DIGIT = "its check digit is wrong"


def compact(text):
    """Without the spaces and marks people write for legibility."""
    return re.sub("[ ./-]", "", text).upper()


def weighted(digits, weights):
    return sum(digit * weight for digit, weight in zip(digits, weights))


def digits_of(plain):
    return [ord(character) - 48 for character in plain]


def numeric(plain, length):
    """Why this is no number of so many digits; empty when it is."""
    if not re.fullmatch("[0-9]+", plain):
        return FORM
    return "" if len(plain) == length else LENGTH


def check_email(text):
    local, at, domain = text.rpartition("@")
    atoms, labels = local.split("."), domain.lower().split(".")
    if not at or not all(LOCAL.fullmatch(atom) for atom in atoms):
        return text, FORM
    if len(labels) < 2 or not all(LABEL.fullmatch(label) for label in labels) or labels[-1].isdigit():
        return text, "its domain has the wrong form"
    return local + "@" + domain.lower(), LENGTH if len(local) > 64 or len(text) > 254 else ""


def check_iban(text):
    plain = compact(text)
    if not re.fullmatch("[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}", plain):
        return plain, FORM
    if IBAN_LENGTHS.get(plain[:2], len(plain)) != len(plain):
        return plain, LENGTH
    number = "".join(str(int(character, 36)) for character in plain[4:] + plain[:4])
    return plain, "" if int(number) % 97 == 1 else DIGIT


def check_isbn(text):
    plain = compact(text)
    if re.fullmatch("[0-9]{9}[0-9X]", plain):
        digits = [10 if character == "X" else int(character) for character in plain]
        return plain, DIGIT if weighted(digits, range(10, 0, -1)) % 11 else ""
    if not re.fullmatch("97[89][0-9]{10}", plain):
        return plain, FORM
    return plain, DIGIT if weighted(digits_of(plain), [1, 3] * 6 + [1]) % 10 else ""


def check_luhn(text):
    plain = compact(text)
    if not re.fullmatch("[0-9]{2,40}", plain):
        return plain, FORM
    doubled = [2 * digit if place % 2 else digit for place, digit in enumerate(digits_of(plain[::-1]))]
    return plain, DIGIT if sum(each // 10 + each % 10 for each in doubled) % 10 else ""


def check_card(text):
    plain, because = check_luhn(text)
    return plain, because or ("" if 12 <= len(plain) <= 19 else LENGTH)


def check_nip(text):
    plain = compact(text).removeprefix("PL")
    because = numeric(plain, 10)
    if because:
        return plain, because
    digits = digits_of(plain)
    return plain, "" if weighted(digits, [6, 5, 7, 2, 3, 4, 5, 6, 7]) % 11 == digits[9] else DIGIT


def check_pesel(text):
    plain = compact(text)
    because = numeric(plain, 11)
    if because:
        return plain, because
    return plain, DIGIT if weighted(digits_of(plain), [1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1]) % 10 else ""


def check_nif(text):
    plain = compact(text).removeprefix("PT")
    because = numeric(plain, 9)
    if because:
        return plain, because
    digits = digits_of(plain)
    return plain, "" if (-weighted(digits, range(9, 1, -1))) % 11 % 10 == digits[8] else DIGIT


def closes(digits, weights):
    """Whether the digit after those weighed is their check digit, as Brazil computes it."""
    return (-weighted(digits, weights)) % 11 % 10 == digits[len(weights)]


def check_cpf(text):
    plain = compact(text)
    because = numeric(plain, 11) or (FORM if len(set(plain)) == 1 else "")
    if because:
        return plain, because
    digits = digits_of(plain)
    right = closes(digits, range(10, 1, -1)) and closes(digits, range(11, 1, -1))
    return plain, "" if right else DIGIT


def check_cnpj(text):
    plain = compact(text)
    if not re.fullmatch("[0-9A-Z]{12}[0-9]{2}", plain) or len(set(plain)) == 1:
        return plain, FORM
    digits = digits_of(plain)
    weights = [5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2]
    return plain, "" if closes(digits, weights) and closes(digits, [6, *weights]) else DIGIT


def check_vat(text):
    plain = compact(text)
    form = VAT_FORMS.get(plain[:2])
    if form is None:
        return plain, "it does not begin with the code of a country we know"
    if not re.fullmatch(form, plain[2:]):
        return plain, FORM
    national = {"PL": check_nip, "PT": check_nif}.get(plain[:2])
    return plain, national(plain)[1] if national else ""


def check_uuid(text):
    plain = text.lower()
    if not re.fullmatch("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", plain):
        return plain, FORM
    return str(UUID(plain)), ""


def check_url(text):
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return text, FORM
    labels = (parts.hostname or "").split(".")
    if parts.scheme not in ("http", "https") or any(character <= " " for character in text):
        return text, FORM
    right = all(LABEL.fullmatch(each) for each in labels) and port != 0
    return text, "" if right else "its host has the wrong form"


def check_phone(text):
    plain = re.sub("[ ()./-]", "", text)
    return plain, "" if re.fullmatch("[+][1-9][0-9]{6,14}", plain) else FORM


def check_date(text):
    try:
        return date.fromisoformat(text).isoformat(), ""
    except ValueError:
        return text, FORM


TYPES = {"text": str, "number": (int, float), "whole": int, "flag": bool, "list": list, "object": dict}


def fits(value, kind):
    return isinstance(value, TYPES[kind]) and (kind == "flag" or not isinstance(value, bool))


def check_json(text):
    try:
        found = json.loads(text)
    except ValueError:
        return text, "it is no JSON"
    if not isinstance(found, dict):
        return text, "it is no JSON object"
    for name, kind, required in FIELDS:
        if name not in found and required:
            return text, "the field " + name + " is missing"
        if name in found and not fits(found[name], kind):
            return text, "the field " + name + " is no " + kind
    return text, ""


CHECKS = {
    # checks
}


# signature
    text = value.strip()
    if not text:
        raise ValueError("the value is empty: there is nothing to check")
    # call
    return {"valid": not because, "normalised": plain, "because": because}
'''
