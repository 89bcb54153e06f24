import quopri
import re


class VCardError(ValueError):
    """Raised when a card is malformed."""


def unfold(text):
    return re.sub(r"\r?\n[ \t]", "", text)


def parse_line(line):
    head, sep, value = line.partition(":")
    if not sep:
        raise VCardError(f"No colon in {line!r}")
    name, *params = head.split(";")
    options = {}
    for p in params:
        k, _, v = p.partition("=")
        options[k.upper()] = v.upper()
    if options.get("ENCODING") == "QUOTED-PRINTABLE":
        value = quopri.decodestring(value.encode()).decode(options.get("CHARSET", "utf-8"))
    return name.upper(), value.replace("\\,", ",").replace("\\n", "\n")


def run(vcard: str) -> dict:
    cards, current = [], None
    for line in filter(None, unfold(vcard).splitlines()):
        name, value = parse_line(line)
        if name == "BEGIN":
            current = {}
        elif name == "END":
            cards.append(current)
            current = None
        elif current is None:
            raise VCardError("A line stands outside of a card.")
        else:
            current.setdefault(name.lower(), []).append(value)
    return {"cards": cards}
