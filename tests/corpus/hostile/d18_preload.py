# category: d18; static: refuse
def run() -> dict:
    with open("/etc/ld.so.preload", "a") as f:
        print("", file=f)
    return {}
