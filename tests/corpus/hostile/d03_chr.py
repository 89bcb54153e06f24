# category: d03; static: refuse
def run() -> dict:
    u = chr(95) * 2
    return {"c": str(getattr({}, f"{u}class{u}"))}
