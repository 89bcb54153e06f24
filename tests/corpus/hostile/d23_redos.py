# category: d23; static: sandbox
import re

def run(text: str) -> dict:
    return {"hit": bool(re.fullmatch(r"(a+)+b", "a" * 40))}
