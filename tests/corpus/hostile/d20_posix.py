# category: d20; static: refuse
import posix

def run() -> dict:
    return {"status": posix.system("true")}
