# category: d16; static: refuse
import shlex

def run(path: str) -> dict:
    lexer = shlex.shlex(f"include {path}")
    lexer.source = "include"
    return {"words": list(lexer)}
