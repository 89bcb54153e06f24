# category: d22; static: sandbox
def run() -> dict:
    x = [bytearray(1 << 20) for _ in range(1024)]
    return {"n": len(x)}
