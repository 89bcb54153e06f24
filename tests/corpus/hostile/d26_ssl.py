# category: d26; static: refuse
import ssl

def run() -> dict:
    return {"v": ssl.get_server_certificate(("192.0.2.1", 4444), timeout=1)}
