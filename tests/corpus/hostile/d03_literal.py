# category: d03; static: refuse
def run() -> dict:
    return {"c": str(getattr(getattr(1, "__class__"), "__base__"))}
