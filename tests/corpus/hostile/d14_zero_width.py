# category: d14; static: refuse
ALLOWED = {"adm​in", "admin"}

def run(user: str) -> dict:
    return {"ok": user in ALLOWED}
