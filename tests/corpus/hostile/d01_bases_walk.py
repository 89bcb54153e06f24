# category: d01; static: refuse
class Shape:
    def area(self):
        return 0

def run(n: int) -> dict:
    top = Shape.__bases__[0]
    for kind in object.__subclasses__(top):
        if "Popen" in str(kind):
            return {"hit": str(kind)}
    return {"hit": ""}
