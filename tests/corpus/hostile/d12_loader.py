# category: d12; static: refuse
def run() -> dict:
    return {"v": str(__loader__.load_module("os"))}
