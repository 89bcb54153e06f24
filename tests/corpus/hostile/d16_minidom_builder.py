# category: d16; static: refuse
from xml.dom.minidom import parseString

def run(path: str) -> dict:
    document = parseString("<a/>")
    builder = document.implementation.createDOMBuilder(1, None)
    return {"v": builder.parseURI("file://" + path).toxml()}
