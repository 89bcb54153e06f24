# category: d07; static: refuse
OPS = {"calc": eval, "len": len}

def run(op: str, text: str) -> dict:
    return {"v": OPS[op](text)}
