# category: d03; static: refuse
def run(names: list) -> dict:
    return {"values": [str(v) for v in map(getattr, [run] * len(names), names)]}
