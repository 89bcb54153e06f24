# category: d12; static: refuse
def run() -> dict:
    return {"cwd": __import__("os").getcwd()}
