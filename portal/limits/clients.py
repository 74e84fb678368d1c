"""Which client a bucket belongs to."""

import ipaddress

from django.http import HttpRequest

from portal.clients import client_address


def client_key(request: HttpRequest) -> str:
    """Return what names the client in a bucket; all clients without a known address share one.

    An IPv6 customer owns at least a /64 network and may change within it at will.
    """
    address = ipaddress.ip_address(client_address(request) or "::")
    if address.version == 6 and address.ipv4_mapped:
        address = address.ipv4_mapped
    if address.version == 4:
        return str(address)
    return str(ipaddress.ip_network((address, 64), strict=False))
