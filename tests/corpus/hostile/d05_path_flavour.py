# category: d05; static: refuse
from pathlib import PurePosixPath
class Mine:
    def __init__(self):
        self._flavour = 1
def run() -> dict:
    return {"x": PurePosixPath("a")._flavour.pathmod.os.getpid()}
