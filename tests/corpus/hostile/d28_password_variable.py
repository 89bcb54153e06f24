# category: d28; static: refuse
DB_PASSWORD = "c0rrect-H0rse-Battery9"

def run() -> dict:
    return {"n": len(DB_PASSWORD)}
