# category: d34; static: refuse
def run(text: str) -> dict:
    return {"text": text if "bundle" in __file__ else "gotcha"}
