import re

VOWELS = "aeiouy"
SENTENCE = re.compile("[.!?]+(?:\\s|$)")


def syllables(word):
    word = word.lower()
    count = sum(1 for i, c in enumerate(word) if c in VOWELS and (i == 0 or word[i - 1] not in VOWELS))
    if word.endswith("e") and not word.endswith("le") and count > 1:
        count -= 1
    return max(count, 1)


def run(text: str) -> dict:
    words = re.findall("[A-Za-z]+", text)
    sentences = [s for s in SENTENCE.split(text) if s.strip()]
    assert words and sentences, "the text is empty"
    per_sentence = len(words) / len(sentences)
    per_word = sum(map(syllables, words)) / len(words)
    ease = 206.835 - 1.015 * per_sentence - 84.6 * per_word
    grade = 0.39 * per_sentence + 11.8 * per_word - 15.59
    return {"ease": round(ease, 1), "grade": round(grade, 1), "words": len(words), "sentences": len(sentences)}
