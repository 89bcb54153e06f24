"""What of a wish is only circumstance, and what narrows it or would have to be fetched."""

from __future__ import annotations

import pytest

from cupel.wishes.circumstances import aside, doing, elsewhere, modifiers, numerals, restricting
from cupel.wishes.heard import Heard
from cupel.wishes.words import words

# fmt: off
ASIDE = [
    ("where a text at hand comes from",        "all amounts in a contract",               "contract"),
    ("several of them",                        "the median of latencies",                 "latencies"),
    ("what is pointed at",                     "bucket these latencies",                  "latencies"),
    ("a question that follows",                "share the bill, who owes what",           "owes"),
    ("in Polish, which has no article",        "adresy z umowy",                          "umowy"),
    ("in Portuguese, with one",                "as datas de um contrato",                 "contrato"),
    ("never what the lexicon knows",           "all links in a text",                     ""),
    ("never what is somebody's",               "all links of the employees",              ""),
]
RESTRICTING = [
    ("what must hold",                         "links of a page that are dead",           "dead"),
    ("... with a preposition",                 "the day on which it rained",              "rained"),
    ("not a question at the beginning",        "which wombat",                            ""),
    ("not what follows a comma",               "the links, which wombats like",           ""),
]
ELSEWHERE = [
    ("somebody's own",                         "addresses of our wombats",                "wombats"),
    ("a certain one",                          "phone numbers of the wombats",            "wombats"),
    ("not one of many",                        "phone numbers in a brochure",             ""),
]
DOING = [
    ("the first word",                         "tweet the median",                        "tweet"),
    ("after and",                              "take the median and tweet it",            "tweet"),
    ("after a comma",                          "take the median, tweet it",               "tweet"),
]
# fmt: on
TABLES = [(aside, *row) for row in ASIDE] + [(restricting, *row) for row in RESTRICTING]
TABLES += [(elsewhere, *row) for row in ELSEWHERE]


@pytest.mark.parametrize(("of", "wish", "said"), [(r[0], *r[2:]) for r in TABLES], ids=[r[1] for r in TABLES])
def test_what_is_said_in_passing(of, wish, said):
    assert of(wish) == frozenset(words(said))


@pytest.mark.parametrize(("wish", "said"), [r[1:] for r in DOING], ids=[r[0] for r in DOING])
def test_what_stands_where_a_verb_does(wish, said):
    assert frozenset(words(said)) <= doing(wish)


@pytest.mark.parametrize(
    ("wish", "said"),
    [("five people", "five"), ("14 July", "July"), ("um NIF português", "português"), ("many", "")],
)
def test_numerals_months_and_countries_are_values(wish, said):
    assert numerals(wish) == frozenset(words(said))


@pytest.mark.parametrize(
    ("wish", "said"),
    [
        ("the electricity bill", "electricity"),
        ("conta do jantar: bill do jantar", "jantar"),
        ("tweet bill", ""),
        ("electricity", ""),
    ],
)
def test_names_before_a_noun_that_is_understood_modify_it(wish, said):
    heard = Heard.of(wish)

    assert modifiers(heard.tokens, heard.meanings, frozenset({"bill"})) == frozenset(words(said))
