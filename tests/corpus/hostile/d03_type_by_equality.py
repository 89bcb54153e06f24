# category: d03; static: refuse
CAUGHT = []

class Net:
    def __eq__(self, other):
        CAUGHT.append(other)
        return True

def run() -> dict:
    Net() == type(int)
    return {"v": str(CAUGHT[0]("X", (), {}))}
