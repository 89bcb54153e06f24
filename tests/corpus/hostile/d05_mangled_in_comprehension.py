# category: d05; static: refuse
import json as _D__j
class __j:
    codecs = None
class D:
    def f(self):
        return [__j.codecs.builtins.open for _ in (1,)]
def run() -> dict:
    return {"x": str(D().f())}
