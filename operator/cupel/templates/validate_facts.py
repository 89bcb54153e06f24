"""Values known to be right or wrong, for template validate."""

from __future__ import annotations

FORM, LENGTH, DIGIT = "it has the wrong form", "it has the wrong length", "its check digit is wrong"

IBAN_LENGTHS = {
    "AT": 20,
    "BE": 16,
    "BR": 29,
    "CH": 21,
    "CZ": 24,
    "DK": 18,
    "ES": 24,
    "FI": 18,
    "FR": 27,
    "GR": 27,
    "HU": 28,
    "IE": 22,
    "IT": 27,
    "LU": 20,
    "NL": 18,
    "PT": 25,
    "RO": 24,
    "SE": 24,
    "SK": 24,
    "TR": 26,
    "UA": 29,
}
"""Countries whose IBANs are made up below; the others have real examples."""

Fact = tuple[str, str, str]
"""value, its normal form, why it is wrong (empty when right)."""


def _iban(country: str, length: int) -> str:
    """A made-up IBAN of a country, by the rule that the whole leaves 1 when divided by 97."""
    account = "7" * (length - 4)
    number = "".join(str(int(character, 36)) for character in f"{account}{country}00")
    return f"{country}{98 - int(number) % 97:02}{account}"


FACTS: dict[str, tuple[Fact, ...]] = {
    "email": (
        ("ana.silva+news@Example.COM", "ana.silva+news@example.com", ""),
        ("ana@example", "ana@example", "its domain has the wrong form"),
        ("ana.example.com", "ana.example.com", FORM),
        ("ana..silva@example.com", "ana..silva@example.com", FORM),
        ("ana@-example.com", "ana@-example.com", "its domain has the wrong form"),
        ("ana@10.0.0.1", "ana@10.0.0.1", "its domain has the wrong form"),
        ("a" * 64 + "@example.com", "a" * 64 + "@example.com", ""),
        ("a" * 65 + "@example.com", "a" * 65 + "@example.com", LENGTH),
        (
            "a@" + "b" * 63 + "." + "c" * 63 + "." + "d" * 63 + "." + "e" * 60,
            "a@" + "b" * 63 + "." + "c" * 63 + "." + "d" * 63 + "." + "e" * 60,
            "",
        ),
        (
            "a@" + "b" * 63 + "." + "c" * 63 + "." + "d" * 63 + "." + "e" * 61,
            "a@" + "b" * 63 + "." + "c" * 63 + "." + "d" * 63 + "." + "e" * 61,
            LENGTH,
        ),
    ),
    "iban": (
        ("GB82 WEST 1234 5698 7654 32", "GB82WEST12345698765432", ""),
        ("GB82 WEST 1234 5698 7654 33", "GB82WEST12345698765433", DIGIT),
        ("PL61 1090 1014 0000 0712 1981 2874", "PL61109010140000071219812874", ""),
        ("de89370400440532013000", "DE89370400440532013000", ""),
        ("DE8937040044053201300", "DE8937040044053201300", LENGTH),
        ("12345678901234567", "12345678901234567", FORM),
        ("MT84MALT011000012345MTLCAST001S", "MT84MALT011000012345MTLCAST001S", ""),
        ("NO9386011117947", "NO9386011117947", ""),
        *((each, each, "") for each in (_iban(*entry) for entry in IBAN_LENGTHS.items())),
        *((each, each, LENGTH) for each in (_iban(country, n + 1) for country, n in IBAN_LENGTHS.items())),
    ),
    "isbn": (
        ("978-0-306-40615-7", "9780306406157", ""),
        ("978-0-306-40615-8", "9780306406158", DIGIT),
        ("0-306-40615-2", "0306406152", ""),
        ("0-8044-2957-x", "080442957X", ""),
        ("0-306-40615-3", "0306406153", DIGIT),
        ("977-0-306-40615-7", "9770306406157", FORM),
    ),
    "luhn": (
        ("7992 7398 713", "79927398713", ""),
        ("79927398710", "79927398710", DIGIT),
        ("7a", "7A", FORM),
        ("1", "1", FORM),
        ("18", "18", ""),
        ("49927398716", "49927398716", ""),
        ("0" * 40, "0" * 40, ""),
        ("0" * 41, "0" * 41, FORM),
    ),
    "card": (
        ("4111 1111 1111 1111", "4111111111111111", ""),
        ("4111 1111 1111 1112", "4111111111111112", DIGIT),
        ("378282246310005", "378282246310005", ""),
        ("79927398713", "79927398713", LENGTH),
        ("0" * 12, "0" * 12, ""),
        ("0" * 19, "0" * 19, ""),
        ("0" * 20, "0" * 20, LENGTH),
        ("0" * 40, "0" * 40, LENGTH),
        ("0" * 41, "0" * 41, FORM),
        ("1", "1", FORM),
        ("18", "18", LENGTH),
    ),
    "nip": (
        ("526-000-12-46", "5260001246", ""),
        ("PL5260001246", "5260001246", ""),
        ("526-000-12-47", "5260001247", DIGIT),
        ("526-000-12-4", "526000124", LENGTH),
        ("526-000-12-4a", "526000124A", FORM),
        ("123-456-32-18", "1234563218", ""),
    ),
    "pesel": (
        ("44051401359", "44051401359", ""),
        ("44051401358", "44051401358", DIGIT),
        ("4405140135", "4405140135", LENGTH),
        ("4405140135x", "4405140135X", FORM),
        ("02070803628", "02070803628", ""),
    ),
    "nif": (
        ("123 456 789", "123456789", ""),
        ("PT123456789", "123456789", ""),
        ("123456780", "123456780", DIGIT),
        ("12345678", "12345678", LENGTH),
        ("12345678x", "12345678X", FORM),
        ("500000000", "500000000", ""),
    ),
    "cpf": (
        ("529.982.247-25", "52998224725", ""),
        ("529.982.247-26", "52998224726", DIGIT),
        ("529.982.247-35", "52998224735", DIGIT),
        ("111.111.111-11", "11111111111", FORM),
        ("529.982.247-2", "5299822472", LENGTH),
        ("168.995.350-09", "16899535009", ""),
    ),
    "cnpj": (
        ("11.222.333/0001-81", "11222333000181", ""),
        ("12.ABC.345/01DE-35", "12ABC34501DE35", ""),
        ("11.222.333/0001-80", "11222333000180", DIGIT),
        ("11.222.333/0001-91", "11222333000191", DIGIT),
        ("00.000.000/0000-00", "00000000000000", FORM),
        ("11.222.333/0001", "112223330001", FORM),
    ),
    "vat": (
        ("PL 526-000-12-46", "PL5260001246", ""),
        ("PL5260001247", "PL5260001247", DIGIT),
        ("DE136695976", "DE136695976", ""),
        ("PT123456780", "PT123456780", DIGIT),
        ("DE13669597", "DE13669597", FORM),
        ("XX123456789", "XX123456789", "it does not begin with the code of a country we know"),
        ("ATU12345678", "ATU12345678", ""),
        ("BE0123456789", "BE0123456789", ""),
        ("FRXX123456789", "FRXX123456789", ""),
        ("NL123456789B01", "NL123456789B01", ""),
        ("IE1A23456WA", "IE1A23456WA", ""),
        ("ESX1234567X", "ESX1234567X", ""),
        ("CZ12345678", "CZ12345678", ""),
        ("IT12345678901", "IT12345678901", ""),
        ("SE123456789012", "SE123456789012", ""),
        ("PT123456789", "PT123456789", ""),
        *(
            (each, each, "")
            for each in ("DK12345678", "FI12345678", "HU12345678", "LU12345678", "RO12", "SK1234567890")
        ),
    ),
    "uuid": (
        ("00000000-0000-0000-0000-000000000000", "00000000-0000-0000-0000-000000000000", ""),
        ("{123e4567-e89b-12d3-a456-426614174000}", "{123e4567-e89b-12d3-a456-426614174000}", FORM),
        ("123e4567-e89b-12d3-a456-4266141740000", "123e4567-e89b-12d3-a456-4266141740000", FORM),
        ("123E4567-e89b-12d3-a456-426614174000", "123e4567-e89b-12d3-a456-426614174000", ""),
        ("123e4567e89b12d3a456426614174000", "123e4567e89b12d3a456426614174000", FORM),
        ("123e4567-e89b-12d3-a456-42661417400g", "123e4567-e89b-12d3-a456-42661417400g", FORM),
    ),
    "url": (
        ("https://www.example.com/a?b=c#d", "https://www.example.com/a?b=c#d", ""),
        ("ftp://example.com", "ftp://example.com", FORM),
        ("https://exa mple.com", "https://exa mple.com", FORM),
        ("https://", "https://", "its host has the wrong form"),
        ("http://example.com:99999/", "http://example.com:99999/", FORM),
        ("http://example.com:0/", "http://example.com:0/", "its host has the wrong form"),
        ("http://localhost:8080", "http://localhost:8080", ""),
        ("https://-a.example.com", "https://-a.example.com", "its host has the wrong form"),
    ),
    "phone": (
        ("+48 (22) 123-45.67", "+48221234567", ""),
        ("22 123 45 67", "221234567", FORM),
        ("+0123456789", "+0123456789", FORM),
        ("+123456", "+123456", FORM),
        ("+1234567", "+1234567", ""),
        ("+123456789012345", "+123456789012345", ""),
        ("+1234567890123456", "+1234567890123456", FORM),
    ),
    "date": (
        ("2000-12-31", "2000-12-31", ""),
        ("1900-02-29", "1900-02-29", FORM),
        ("2024-13-01", "2024-13-01", FORM),
        ("2024-02-29", "2024-02-29", ""),
        ("2023-02-29", "2023-02-29", FORM),
        ("29.02.2024", "29.02.2024", FORM),
    ),
}
