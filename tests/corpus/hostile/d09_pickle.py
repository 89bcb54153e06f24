# category: d09; static: refuse
import pickle

def run() -> dict:
    return {"v": pickle.loads(b"cos\ngetcwd\n(tR.")}
