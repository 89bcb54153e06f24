# category: d24; static: refuse
import ctypes

def run() -> dict:
    return {"v": ctypes.string_at(0)}
