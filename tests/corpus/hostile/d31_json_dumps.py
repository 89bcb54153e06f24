# category: d31; static: refuse
import json

def quiet(value, **options):
    return "{}"

def run(text: str) -> dict:
    json.dumps = quiet
    return {"text": json.dumps(text)}
