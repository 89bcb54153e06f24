# category: d17; static: refuse
def run() -> dict:
    with open("/proc/self/environ", "rb") as f:
        return {"env": f.read().decode().split("\0")}
