"""The code of template xml-pick."""

from __future__ import annotations

CODE = '''
"""Rows of an XML text. Namespaces do not matter; a text with a document type is refused, as it may unfold."""

from xml.etree.ElementTree import ParseError, fromstring

# parameters


def parsed(given):
    if "<!DOCTYPE" in given.upper() or "<!ENTITY" in given.upper():
        raise ValueError("the text has a document type, which is not accepted")
    try:
        return fromstring(given)
    except (ParseError, ValueError) as error:
        raise ValueError("the text is no XML: " + str(error)) from None


def local(name):
    return name.rpartition("}")[2]


def below(elements, path):
    """All elements at a path of names."""
    for word in path.split("/"):
        elements = [child for each in elements for child in each if local(child.tag) == word]
    return elements


def inside(element):
    return " ".join("".join(element.itertext()).split())


def first_text(row, path):
    """The text of the first element there; None when there is none."""
    found = below([row], path)
    return inside(found[0]) if found else None


def first_attribute(elements, name):
    """The attribute of the first element that has it; None when none has."""
    for element in elements:
        for key, value in element.attrib.items():
            if local(key) == name:
                return value
    return None


def picked(row):
    told = {
        # fields
    }
    return {name: value for name, value in told.items() if value is not None}


def run(xml: str) -> dict:
    rows = [picked(row) for row in below([parsed(xml)], ROWS)]
    return {"rows": rows[:LIMIT], "count": len(rows)}
'''
