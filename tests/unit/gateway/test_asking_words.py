"""What the gateway lets no wish hold, the API server lets none hold either."""

from __future__ import annotations

import re

from cupel.api import capability_gap
from cupel.gateway.asking_words import UNSPEAKABLE

SURROGATES = range(0xD800, 0xE000)
"""JSON that the API server reads holds none: it makes U+FFFD of them."""


def test_both_refuse_the_same_characters() -> None:
    pattern = re.sub(r"\\x\{(\w+)\}", lambda found: chr(int(found[1], 16)), capability_gap.UNSPEAKABLE)
    characters = [chr(code) for code in range(0xE0100) if code not in SURROGATES]
    ours = {one for one in characters if UNSPEAKABLE.search(one)}
    theirs = {one for one in characters if re.search(pattern, one)}

    assert theirs == ours
    assert not {"\n", "\t", "a", "ß"} & ours
