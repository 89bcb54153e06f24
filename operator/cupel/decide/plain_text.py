"""A stranger's text as chats and mail can be given it: they show it, and make nothing of it. Pure."""

from __future__ import annotations

import re
import unicodedata

BREAKS = frozenset({"Zl", "Zp"})
AT = "(at)"
LOOKALIKE = str.maketrans(
    {
        **{"<": "‹", ">": "›", "`": "'", "*": "＊", "_": "＿", "~": "～", "|": "｜", "#": "♯", "＃": "♯"},
        **dict.fromkeys("@＠﹫", AT),
    }
)  # fmt: skip
"""What begins markup, a mention or a topic somewhere, and what is shown instead."""
DOTS = ".․。．｡"
"""Full stops that separate the labels of a host name, for one browser or another."""
HOST = re.compile(rf"(?<=\S)[{DOTS}](?=[^\W\d]|[^\x00-\x7f])")
"""A dot as in evil.example: a chat makes a link of that without any scheme. A number keeps its dot."""
ADDRESS = re.compile(r"\d+(?:\.\d+){3,}")
ENTITY = re.compile(r"&(?=#?\w+;)")


def plain(text: str, longest: int) -> str:
    """One line, bounded, no control or direction characters, and nothing that a chat would take for a link, a
    mention or markup.
    """
    shown = "".join(" " if _hidden(c) else c for c in text[: 4 * longest])
    shown = ENTITY.sub("& ", " ".join(shown.split())).translate(LOOKALIKE)
    shown = ADDRESS.sub(lambda found: found[0].replace(".", "[.]"), HOST.sub("[.]", shown))
    shown = shown.replace("://", ": //").replace("](", "] (")
    return shown if len(shown) <= longest else f"{shown[: longest - 1]}…"


def _hidden(character: str) -> bool:
    category = unicodedata.category(character)
    return category.startswith("C") or category in BREAKS
