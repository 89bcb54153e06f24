# category: d32; static: refuse; state=PerTenant
def run(text: str) -> dict:
    return {"n": len(text)}
