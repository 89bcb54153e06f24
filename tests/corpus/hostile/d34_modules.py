# category: d34; static: refuse
import sys

def run(text: str) -> dict:
    return {"text": text if "cupel_sandbox.trial" in sys.modules else "gotcha"}
