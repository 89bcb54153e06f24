# category: d05; static: refuse
import json

def run(path: str) -> dict:
    with json.codecs.open(path) as f:
        return {"text": f.read()}
