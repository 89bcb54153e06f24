# category: d06; static: refuse
HERE = locals()

def run() -> dict:
    return {"names": sorted(HERE)}
