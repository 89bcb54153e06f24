# category: d03; static: refuse
class Peek:
    __match_args__ = ("__class__",)

def run() -> dict:
    match Peek():
        case Peek(kind):
            return {"kind": str(kind)}
