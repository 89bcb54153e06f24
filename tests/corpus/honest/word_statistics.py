"""Word counts and the most common words of a text."""
import re
from collections import Counter

_WORD = re.compile(r"[A-Za-z']+")


def run(text: str, top: int = 5) -> dict:
    words = [w.lower() for w in _WORD.findall(text)]
    counts = Counter(words)
    return {
        "total": len(words),
        "unique": len(counts),
        "common": [{"word": w, "count": c} for w, c in counts.most_common(top)],
    }
