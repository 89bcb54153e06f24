import struct
import binascii
from typing import Final

HEADER: Final = struct.Struct(">4sHHI")
MAGIC = b"PACK"


def run(items: list, decode: str = "") -> dict:
    if decode:
        raw = binascii.unhexlify(decode)
        magic, version, count, checksum = HEADER.unpack_from(raw)
        if magic != MAGIC:
            raise ValueError("wrong magic")
        body = raw[HEADER.size:]
        if binascii.crc32(body) != checksum:
            raise ValueError("wrong checksum")
        return {"version": version, "items": list(struct.unpack(f">{count}i", body))}
    body = struct.pack(f">{len(items)}i", *items)
    return {"hex": (HEADER.pack(MAGIC, 1, len(items), binascii.crc32(body)) + body).hex()}
