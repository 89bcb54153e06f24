import uuid


def run(value: str = "", namespace: str = "url") -> dict:
    spaces = {"url": uuid.NAMESPACE_URL, "dns": uuid.NAMESPACE_DNS}
    if not value:
        fresh = uuid.uuid4()
        return {"uuid": str(fresh), "version": fresh.version}
    try:
        parsed = uuid.UUID(value)
    except ValueError:
        parsed = uuid.uuid5(spaces[namespace], value)
    return {"uuid": str(parsed), "version": parsed.version, "hex": parsed.hex, "urn": parsed.urn}
