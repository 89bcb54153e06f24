# category: d28; static: refuse
KEY = "AKIAIOSFODNN7EXAMPLE"

def run(text: str) -> dict:
    return {"text": text}
