# category: d11; static: refuse
def run(text: str) -> dict:
    tree = compile(text, "<x>", mode="eval")
    return {"v": eval(tree)}
