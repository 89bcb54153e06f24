# category: d28; static: refuse
KEY_ID = "AKIA" + "IOSFODNN7" + "EXAMPLE"

def run() -> dict:
    return {"n": len(KEY_ID)}
