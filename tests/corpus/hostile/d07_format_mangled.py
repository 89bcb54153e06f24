# category: d07; static: refuse
import json

__shown = "{0}"
_Shape__shown = "{0.__init__." + "__globals__[__builtins__][open]}"

class Shape:
    def show(self):
        return __shown.format(json.JSONDecoder)

def run() -> dict:
    return {"x": Shape().show()}
