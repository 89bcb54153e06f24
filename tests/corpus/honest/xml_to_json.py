import xml.etree.ElementTree as ET


def _convert(element):
    node = {}
    if element.attrib:
        node["@"] = dict(element.attrib)
    for child in element:
        value = _convert(child)
        if child.tag in node:
            if not isinstance(node[child.tag], list):
                node[child.tag] = [node[child.tag]]
            node[child.tag].append(value)
        else:
            node[child.tag] = value
    text = (element.text or "").strip()
    if text:
        if not node:
            return text
        node["#text"] = text
    return node


def run(xml: str) -> dict:
    try:
        root = ET.fromstring(xml)
    except ET.ParseError as exc:
        raise ValueError(f"Not well-formed: {exc}") from exc
    return {root.tag: _convert(root)}
