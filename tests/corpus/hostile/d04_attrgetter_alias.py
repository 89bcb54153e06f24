# category: d04; static: refuse
import operator as op

look = op.attrgetter

def run(path: str) -> dict:
    return {"c": str(look(path)(run))}
