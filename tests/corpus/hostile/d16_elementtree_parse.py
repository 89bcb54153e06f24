# category: d16; static: refuse
import xml.etree.ElementTree as ET

def run(path: str) -> dict:
    return {"root": ET.parse(path).getroot().tag}
