# category: d01; static: refuse
class Tool:
    def __init__(self):
        self.x = 1

def run() -> dict:
    g = Tool.__init__.__globals__
    return {"names": sorted(g["__builtins__"])}
