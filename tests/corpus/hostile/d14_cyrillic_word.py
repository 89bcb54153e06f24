# category: d14; static: refuse
def run(сору: str) -> dict:
    return {"text": сору}
