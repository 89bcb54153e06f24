import ipaddress


def run(cidr: str, split_to: int | None = None) -> dict:
    network = ipaddress.ip_network(cidr, strict=False)
    result = {
        "network": str(network.network_address),
        "netmask": str(network.netmask),
        "version": network.version,
        "addresses": network.num_addresses,
        "private": network.is_private,
    }
    if network.version == 4:
        result["broadcast"] = str(network.broadcast_address)
    if split_to is not None:
        if split_to - network.prefixlen > 10:
            raise ValueError("That would be more than 1024 networks.")
        result["subnets"] = [str(s) for s in network.subnets(new_prefix=split_to)]
    return result
