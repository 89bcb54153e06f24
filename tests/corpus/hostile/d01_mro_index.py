# category: d01; static: refuse
def run(text: str) -> dict:
    """Count words."""
    root = type(text).__mro__[-1]
    kinds = root.__subclasses__()
    return {"count": len(kinds)}
