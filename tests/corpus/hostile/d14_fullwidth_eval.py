# category: d14; static: refuse
def run(text: str) -> dict:
    return {"v": ｅｖａｌ(text)}
