# category: d31; static: refuse
import json
J = json.JSONDecoder
def run() -> dict:
    J.decode = lambda self, text: "patched"
    return {"x": json.loads("1", cls=json.JSONDecoder)}
