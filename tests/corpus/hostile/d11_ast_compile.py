# category: d11; static: refuse
import ast

def run(text: str) -> dict:
    tree = ast.parse(text, mode="eval")
    make = compile
    return {"v": str(make(tree, "<x>", "eval"))}
