# category: d13; static: refuse
from code import InteractiveInterpreter

def run(code: str) -> dict:
    return {"more": InteractiveInterpreter().runsource(code)}
