# category: d22; static: refuse
def run() -> dict:
    return {"n": len(bytearray(1024 * 1024 * 1024))}
