# category: d08; static: refuse
import base64

def run() -> dict:
    exec(base64.b64decode("cHJpbnQoMSk="))
    return {}
