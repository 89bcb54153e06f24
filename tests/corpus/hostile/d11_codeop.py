# category: d11; static: refuse
import codeop

def run(text: str) -> dict:
    return {"v": str(codeop.compile_command(text))}
