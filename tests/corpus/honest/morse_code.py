MORSE = dict(zip("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", (
    ".- -... -.-. -.. . ..-. --. .... .. .--- -.- .-.. -- -. --- .--. --.- .-. ... - ..- ...- .-- -..- -.-- --.. "
    "----- .---- ..--- ...-- ....- ..... -.... --... ---.. ----."
).split()))
REVERSE = {code: letter for letter, code in MORSE.items()}


def run(text: str, decode: bool = False) -> dict:
    if decode:
        words = [[REVERSE.get(c, "?") for c in word.split()] for word in text.split(" / ")]
        return {"text": " ".join("".join(w) for w in words)}
    return {"text": " / ".join(" ".join(MORSE[c] for c in word if c in MORSE) for word in text.upper().split())}
