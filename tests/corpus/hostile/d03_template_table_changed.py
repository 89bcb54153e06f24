# category: d03; static: refuse
TEMPLATES = {"plain": "{}"}

def run(text: str) -> dict:
    TEMPLATES.update(plain=text)
    return {"v": TEMPLATES["plain"].format(run)}
