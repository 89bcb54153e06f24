# category: d07; static: refuse
def eval(text):
    return text

del eval

def run(text: str) -> dict:
    return {"v": eval(text)}
