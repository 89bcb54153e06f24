# category: d28; static: refuse
# staging login: https://deploy:S3cretPassw0rd@git.example.com/repo.git

def run() -> dict:
    return {"ok": True}
