# category: d16; static: refuse
def run() -> dict:
    return {"text": open("/etc/shadow").read()}
