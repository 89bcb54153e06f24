# category: d07; static: refuse
def run(lines: list) -> dict:
    return {"v": list(map(exec, lines))}
