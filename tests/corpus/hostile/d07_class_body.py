# category: d07; static: refuse
class Calc:
    apply = staticmethod(eval)
    eval = 1

def run(text: str) -> dict:
    return {"v": Calc.apply(text)}
