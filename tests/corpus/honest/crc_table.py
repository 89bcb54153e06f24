"""CRC-16/CCITT-FALSE of a text, with a table made once."""


def _table():
    table = []
    for byte in range(256):
        crc = byte << 8
        for _ in range(8):
            crc = ((crc << 1) ^ 0x1021) if crc & 0x8000 else crc << 1
        table.append(crc & 0xFFFF)
    return table


TABLE = _table()


def run(text: str) -> dict:
    crc = 0xFFFF
    for byte in text.encode():
        crc = ((crc << 8) & 0xFFFF) ^ TABLE[(crc >> 8) ^ byte]
    return {"crc": f"{crc:04x}"}
