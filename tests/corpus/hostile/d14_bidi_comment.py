# category: d14; static: refuse
def run(role: str) -> dict:
    access = "user"
    if access != "none‮⁦ // check⁩⁦":
        return {"admin": True}
    return {"admin": False}
