# category: d03; static: refuse
import collections
class K:
    def __lt__(self, other):
        self.t = other
        return True
def run() -> dict:
    k = K()
    k < type(int)
    return {"x": str(k.t("X", (), {"__doc__": "d"}).__doc__)}
