# category: d12; static: refuse
def run(name: str) -> dict:
    from runpy import run_module
    return {"v": sorted(run_module(name))}
