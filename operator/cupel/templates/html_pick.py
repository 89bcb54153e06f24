"""Template html-pick: texts and attributes of HTML elements, and tables."""

from __future__ import annotations

from .html_parameters import LONGEST, HtmlPick
from .html_trials import trials
from .schemas import closed, listing, text
from .template import Made, Template
from .words import phrases

CODE = '''
"""Picks elements of an HTML page. Nothing is fetched and no program in it is run."""

from html.parser import HTMLParser

# parameters


def tidy(pieces):
    return " ".join("".join(pieces).split())


class Picker(HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.found = {name: [] for name, *rest in PICKS}
        self.open = []

    def handle_starttag(self, tag, attrs):
        given = {name: value or "" for name, value in attrs}
        for watched in self.open:
            watched["depth"] += tag == watched["tag"]
        for name, wanted, of_class, of_id, attribute in PICKS:
            if tag != wanted or (of_class and of_class not in given.get("class", "").split()):
                continue
            if of_id and given.get("id") != of_id:
                continue
            if not attribute:
                pieces = []
                self.found[name].append(pieces)
                self.open.append({"tag": tag, "depth": 1, "pieces": pieces})
            elif attribute in given:
                self.found[name].append([given[attribute]])

    def handle_endtag(self, tag):
        for watched in self.open:
            watched["depth"] -= tag == watched["tag"]
        self.open = [watched for watched in self.open if watched["depth"]]

    def handle_data(self, data):
        for watched in self.open:
            watched["pieces"].append(data)


class Tables(HTMLParser):
    """Rows of cells. A table inside another is a table of its own."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.found = []
        self.open = []

    def handle_starttag(self, tag, attrs):
        if tag == "table":
            self.open.append([])
            self.found.append(self.open[-1])
        elif self.open and tag == "tr":
            self.open[-1].append([])
        elif self.open and tag in ("td", "th"):
            if not self.open[-1]:
                self.open[-1].append([])
            self.open[-1][-1].append([])

    def handle_endtag(self, tag):
        if tag == "table" and self.open:
            self.open.pop()

    def handle_data(self, data):
        if self.open and self.open[-1] and self.open[-1][-1]:
            self.open[-1][-1][-1].append(data)


def read(parser, html):
    parser.feed(html)
    parser.close()
    return parser.found


def run(html: str) -> dict:
    if "<" not in html:
        raise ValueError("the text has no elements: it is no HTML")
    # picked
    # tables
    return {
        # told
    }
'''


def build(p: HtmlPick) -> Made:
    tried = trials(p)
    words = listing(text("", LONGEST), p.most)
    table = listing(listing(listing(text("", LONGEST), 10_000), 10_000), p.most)
    told = {each.name: words for each in p.picks} | ({"tables": table} if p.tables else {})
    return Made(
        description=f"From an HTML page: {', '.join(told)}.",
        arguments=closed({"html": text("The page's HTML.", LONGEST)}),
        result=closed(told),
        code=CODE,
        constants={
            "PICKS": [(e.name, e.tag, e.class_ or "", e.id or "", e.attribute or "") for e in p.picks],
            "MOST": p.most,
        },
        lines={
            "# picked": ["picked = read(Picker(), html)"] if p.picks else [],
            "# tables": ["tables = read(Tables(), html)[:MOST]"] if p.tables else [],
            "# told": [
                *(["**{name: [tidy(each) for each in found[:MOST]] for name, found in picked.items()},"] * bool(p.picks)),
                *(['"tables": [[[tidy(cell) for cell in row] for row in table] for table in tables],'] * p.tables),
            ],
        },
        examples=tried[:3],
        tests=tried[3:],
    )


HTML_PICK = Template(
    name="html-pick",
    title="Pick from HTML",
    summary="Tells links, texts, attributes by element, class or id, and the tables of an HTML page.",
    keywords=phrases(
        """
        html, web page, scrape, links, headings, text, table, tables, tag, class, attribute, images, title, meta,
        parse html, strona, odnośniki, linki, nagłówki, tabela, obrazki, página, ligações, títulos, tabelas,
        imagens, raspar
        """
    ),
    parameters=HtmlPick,
    build=build,
    example={
        "picks": [
            {"name": "links", "tag": "a", "attribute": "href"},
            {"name": "prices", "tag": "span", "class": "price"},
            {"name": "intro", "tag": "p", "id": "intro"},
        ]
    },
    variants=(
        {},
        {"picks": []},
        {
            "picks": [{"name": "images", "tag": "img", "attribute": "src"}, {"name": "items", "tag": "li"}],
            "tables": False,
            "most": 3,
        },
        {"picks": [{"name": "cells", "tag": "td", "class": "num"}], "tables": False},
    ),
)
