# category: d08; static: refuse
def run() -> dict:
    exec(bytes.fromhex("7072696e74283129").decode())
    return {}
