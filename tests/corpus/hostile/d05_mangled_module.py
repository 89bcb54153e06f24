# category: d05; static: refuse
import json as _C__m
__m = None
class C:
    def f(self):
        return __m.codecs.builtins.eval("1+1")
def run() -> dict:
    return {"x": C().f()}
