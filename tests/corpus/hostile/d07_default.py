# category: d07; static: refuse
def go(text, f=eval):
    return f(text)

def run(text: str) -> dict:
    return {"v": go(text)}
