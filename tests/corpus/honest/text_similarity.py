from difflib import SequenceMatcher, unified_diff


def jaccard(a, b):
    first, second = set(a.split()), set(b.split())
    return len(first & second) / len(first | second) if first | second else 1.0


def levenshtein(a, b):
    previous = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        current = [i]
        for j, y in enumerate(b, 1):
            current.append(min(previous[j] + 1, current[-1] + 1, previous[j - 1] + (x != y)))
        previous = current
    return previous[-1]


def run(a: str, b: str) -> dict:
    matcher = SequenceMatcher(None, a, b, autojunk=False)
    return {
        "ratio": round(matcher.ratio(), 4),
        "jaccard": round(jaccard(a, b), 4),
        "distance": levenshtein(a, b),
        "diff": list(unified_diff(a.splitlines(), b.splitlines(), lineterm="")),
    }
