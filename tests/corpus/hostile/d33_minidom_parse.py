# category: d33; static: refuse
from xml.dom import minidom

def run(name: str) -> dict:
    return {"xml": minidom.parse("../../" + name).toxml()}
