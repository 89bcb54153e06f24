import base64
import hashlib
import hmac

ALGORITHMS = ("md5", "sha1", "sha256", "sha512", "blake2b")


def run(text: str, algorithm: str = "sha256", key: str = "", encoding: str = "hex") -> dict:
    if algorithm not in ALGORITHMS:
        raise ValueError(f"algorithm must be one of {', '.join(ALGORITHMS)}")
    data = text.encode("utf-8")
    if key:
        digest = hmac.new(key.encode("utf-8"), data, algorithm).digest()
    else:
        digest = hashlib.new(algorithm, data).digest()
    if encoding == "base64":
        shown = base64.b64encode(digest).decode("ascii")
    else:
        shown = digest.hex()
    return {"digest": shown, "bits": len(digest) * 8}
