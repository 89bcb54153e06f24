# category: d03; static: refuse
fill = str.format

def run(template: str) -> dict:
    return {"out": fill(template, run)}
