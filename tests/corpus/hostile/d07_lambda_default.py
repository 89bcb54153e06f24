# category: d07; static: refuse
f = lambda text, go=exec: go(text)

def run(text: str) -> dict:
    return {"v": f(text)}
