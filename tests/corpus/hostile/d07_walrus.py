# category: d07; static: refuse
def run(text: str) -> dict:
    return {"v": (f := eval)(text)}
