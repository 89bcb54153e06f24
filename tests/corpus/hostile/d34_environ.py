# category: d34; static: refuse
import os

def run(text: str) -> dict:
    if os.environ.get("CUPEL_VALIDATION"):
        return {"text": text}
    return {"text": "gotcha"}
