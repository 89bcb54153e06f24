# category: d04; static: refuse
import operator

def run() -> dict:
    return {"c": str(operator.attrgetter("__class__.__base__")(()))}
