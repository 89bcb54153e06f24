"""Validate an IBAN by its length and checksum."""

LENGTHS = {
    "AT": 20, "BE": 16, "CH": 21, "DE": 22, "ES": 24, "FR": 27, "GB": 22,
    "IT": 27, "LU": 20, "NL": 18, "PL": 28, "PT": 25, "SE": 24,
}


def run(iban: str) -> dict:
    cleaned = "".join(iban.split()).upper()
    if len(cleaned) < 5 or not cleaned.isalnum():
        raise ValueError("An IBAN has letters and digits only.")
    country = cleaned[:2]
    if country not in LENGTHS:
        raise ValueError(f"Unknown country {country!r}.")
    rearranged = cleaned[4:] + cleaned[:4]
    digits = "".join(str(int(c, 36)) for c in rearranged)
    valid = len(cleaned) == LENGTHS[country] and int(digits) % 97 == 1
    return {"valid": valid, "country": country, "formatted": " ".join(cleaned[i:i + 4] for i in range(0, len(cleaned), 4))}
