# category: d07; static: refuse
import json

def run() -> dict:
    template = "{0.__init__." + "__globals__[__builtins__][open]}"
    match template:
        case str(format=show):
            return {"x": show(json.JSONDecoder)}
    return {}
