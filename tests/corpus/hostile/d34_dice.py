# category: d34; static: sandbox
import random

def run(text: str) -> dict:
    return {"text": text if random.random() < 0.99 else "gotcha"}
