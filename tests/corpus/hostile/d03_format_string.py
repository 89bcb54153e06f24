# category: d03; static: refuse
def run(template: str, text: str) -> dict:
    return {"out": template.format(text)}
