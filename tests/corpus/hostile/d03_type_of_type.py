# category: d03; static: refuse
def kind(x):
    return type(x)

def run() -> dict:
    make = kind(kind(1))
    return {"v": str(make("X", (), {"__match_args__": ("__dict__",)}))}
