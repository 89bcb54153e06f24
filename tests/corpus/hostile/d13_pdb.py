# category: d13; static: refuse
def run(code: str) -> dict:
    import pdb
    pdb.run(code)
    return {}
