# category: d28; static: refuse
PEM = """-----BEGIN PRIVATE KEY-----
MIIBVAIBADANBgkqhkiG9w0BAQEFAASCAT4wggE6AgEAAkEAfakefakefakefake
-----END PRIVATE KEY-----"""

def run() -> dict:
    return {"n": len(PEM)}
