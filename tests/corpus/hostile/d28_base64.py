# category: d28; static: refuse
import base64

TOKEN = base64.b64decode("Z2hwXzAxMjM0NTY3ODlhYmNkZWZBQkNERUYwMTIzNDU2Nzg5YWJjZA==").decode()

def run() -> dict:
    return {"n": len(TOKEN)}
