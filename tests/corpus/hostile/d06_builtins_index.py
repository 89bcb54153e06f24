# category: d06; static: refuse
def run() -> dict:
    return {"cwd": __builtins__["__import__"]("os").getcwd()}
