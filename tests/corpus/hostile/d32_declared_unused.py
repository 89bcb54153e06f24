# category: d32; static: refuse; egress=api.example.com:443
def run(text: str) -> dict:
    return {"n": len(text)}
