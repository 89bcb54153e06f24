# category: d09; static: refuse
import copy

class Trap:
    def __reduce__(self):
        return (print, ("x",))

def run() -> dict:
    copy.copy(Trap())
    return {}
