# category: d07; static: refuse
def run(text: str) -> dict:
    [f] = [eval]
    return {"v": f(text)}
