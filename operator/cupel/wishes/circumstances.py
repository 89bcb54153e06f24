"""Words of a wish that only say whose or which figures and texts are meant: they weigh as the value of an argument does.

Numerals; where a text given in the call comes from ("in a contract", never "in our wiki", which would have to be
fetched); what follows a comma or semicolon as a question ("who owes what"); and, where a template computes, names
before a noun that is understood ("the delivery date"). Only words nobody knows: what names another thing to do counts.
"""
# ruff: noqa: E501  # lists of words

from __future__ import annotations

import re

from .text import level
from .words import KNOWN, folded, meaning, words

_NUMERALS = """
one two three four five six seven eight nine ten eleven twelve twenty thirty fifty hundred thousand half dozen
jeden dwa trzy cztery piec szesc siedem osiem dziewiec dziesiec sto tysiac polowa dwoch trzech czterech pieciu szesciu siedmiu osmiu
january february march april may june july august september october november december
stycznia lutego marca kwietnia maja czerwca lipca sierpnia wrzesnia pazdziernika listopada grudnia
janeiro fevereiro marco abril maio junho julho agosto setembro outubro novembro dezembro
dois tres quatro cinco seis sete oito nove dez onze doze vinte trinta cinquenta cem mil metade
"""
"""With the months: parts of dates."""
_KINDS = """
american australian austrian belgian brazilian british canadian chinese czech danish dutch english european finnish french german greek
indian irish italian japanese mexican norwegian polish portuguese romanian russian spanish swedish swiss turkish ukrainian
polski polska polskie polskiego polskiej portugalski brazylijski niemiecki francuski hiszpanski angielski brytyjski europejski
portugues portuguesa portugueses portuguesas brasileiro brasileira brasileiros polaco polaca alemao alema frances francesa espanhol espanhola ingles inglesa europeu europeia
iso rfc utc
"""
BESIDE = frozenset(meaning(word) for word in (_NUMERALS + _KINDS).split()) - KNOWN - {""}
"""Numerals, and of which country or standard something is: values, whatever they stand beside."""

_WORDS = r"([^\W\d_]+(?: [^\W\d_]+)?)"
_ANY = r"(?:an?|any|some|each|every|this|these|those|that|pasted|given)"
_GIVEN = re.compile(
    rf"\b(?:in|of|from|on|into|inside) {_ANY} {_WORDS}|\b(?:of|in|from) ((?:[^\W\d_]+ )?[^\W\d_]+s)\b|\b(?:these|those) {_WORDS}"
    rf"|\b(?:w|z|ze) (?:tym |tej |tych |tego |jakims |jakiejs )?{_WORDS}"
    rf"|\b(?:(?:de|em) (?:um|uma|uns|umas)|num|numa|dum|duma|nestes?|nestas?|destes?|destas?) {_WORDS}"
)
"""Where a text or figures come from that are at hand: an indefinite or pointing word says so."""
_ASIDE = re.compile(
    r"[,;:.!?] (?:and )?(?:who|whose|which|what|how|where|when|because|since|so that|to the|for my|for our"
    r"|kto|kogo|jak|gdzie|kiedy|bo|poniewaz|quem|qual|quais|quanto|onde|quando|porque) ([^,;:.!?]*)"
)
"""A question or reason that follows what is wished for."""
_RESTRICTING = re.compile(
    r"\b(?:that|which|who) (?:is|are|was|were) ([^\W\d_]+)|\b(?:ktor[eay] (?:sa|jest)|que (?:sao|estao|e|esta)) ([^\W\d_]+)"
)
_DETERMINERS = frozenset("a an the my our your their his her its this these those of for".split())
_OF = frozenset("de do da dos das".split())
COMPUTING = frozenset(
    "unit-convert money-arithmetic date-arithmetic statistics csv-shape json-shape calendar".split()
)
"""Templates whose figures may be anything's. A text's links, or a list's numbers, are other ones with another name."""


def aside(text: str) -> frozenset[str]:
    """What is said of a text at hand, or as an afterthought, as far as no list of ours knows it."""
    plain = level(text)
    said = [
        part
        for match in (*_GIVEN.finditer(plain), *_ASIDE.finditer(plain))
        for part in match.groups()
        if part
    ]
    return frozenset(word for part in said for word in words(part)) - KNOWN


def restricting(text: str) -> frozenset[str]:
    """What must hold of the things wished for ("that are dead"): a tool that leaves it out is another."""
    said = [part for match in _RESTRICTING.finditer(level(text)) for part in match.groups() if part]
    return frozenset(word for part in said for word in words(part)) - KNOWN


def modifiers(tokens: tuple[str, ...], meanings: tuple[str, ...], known: frozenset[str]) -> frozenset[str]:
    """Unknown names inside a noun phrase whose noun is understood: "the delivery date", "conta do jantar"."""
    found: set[str] = set()
    for place, word in enumerate(meanings):
        if not word or word in KNOWN or word in known:
            continue
        before, after = tokens[place - 1 : place], meanings[place + 1 : place + 2]
        if before and before[0] in _OF and place > 1 and meanings[place - 2] in known:
            found.add(word)
        elif (
            before
            and after
            and after[0] in known
            and (before[0] in _DETERMINERS or meanings[place - 1] in found)
        ):
            found.add(word)
    return frozenset(found)


def numerals(text: str) -> frozenset[str]:
    """Those of `BESIDE` that are said."""
    return frozenset(words(folded(text))) & BESIDE
