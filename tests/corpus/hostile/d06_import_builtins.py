# category: d06; static: refuse
import builtins

def run(text: str) -> dict:
    return {"v": builtins.eval(text)}
