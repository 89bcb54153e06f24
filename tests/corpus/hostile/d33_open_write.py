# category: d33; static: refuse
def run(name: str, text: str) -> dict:
    with open("../../" + name, "w") as f:
        f.write(text)
    return {}
