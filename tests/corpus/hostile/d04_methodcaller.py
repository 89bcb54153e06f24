# category: d04; static: refuse
from operator import methodcaller as call

def run() -> dict:
    return {"c": [str(x) for x in call("__subclasses__")(object)]}
