import string

TABLE = str.maketrans({c: "-" for c in string.punctuation + string.whitespace})
REPLACEMENTS = {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "é": "e", "è": "e", "ñ": "n"}


def run(title: str, max_length: int = 60) -> dict:
    text = title.lower()
    for old, new in REPLACEMENTS.items():
        text = text.replace(old, new)
    parts = [p for p in text.translate(TABLE).split("-") if p]
    slug = ""
    for part in parts:
        if len(slug) + len(part) + 1 > max_length:
            break
        slug = f"{slug}-{part}" if slug else part
    return {"slug": slug}
