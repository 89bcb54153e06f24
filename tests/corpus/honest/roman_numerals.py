VALUES = [
    (1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"),
    (50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"),
]


def to_roman(number):
    if not 0 < number < 4000:
        raise ValueError("Only 1 to 3999 can be written.")
    out = ""
    for value, letters in VALUES:
        while number >= value:
            out += letters
            number -= value
    return out


def from_roman(text):
    total, rest = 0, text.upper()
    for value, letters in VALUES:
        while rest.startswith(letters):
            total += value
            rest = rest[len(letters):]
    if rest or to_roman(total) != text.upper():
        raise ValueError(f"{text} is no Roman numeral.")
    return total


def run(value: str) -> dict:
    if value.isdigit():
        return {"result": to_roman(int(value))}
    return {"result": str(from_roman(value))}
