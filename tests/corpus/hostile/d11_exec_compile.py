# category: d11; static: refuse
def run() -> dict:
    exec(compile("1", "", "exec"))
    return {}
