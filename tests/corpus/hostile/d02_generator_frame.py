# category: d02; static: refuse
def run() -> dict:
    g = (g.gi_frame.f_back.f_globals for _ in [1])
    return {"names": sorted(next(g))}
