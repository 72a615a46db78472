"""Fields of Istio's Gateway that no schema checks.

Source: Istio, ``pkg/config/validation/validation.go`` (``ValidateGateway``, ``validateServer``); Istio reference,
"Gateway".
"""

from __future__ import annotations

from kubelint.systems.istio.fields import common
from kubelint.systems.istio.fields.fault import (
    Family,
    Fault,
    Faults,
    complete,
    duplicates,
    field,
    filled,
    idle,
    is_true,
    known,
    missing,
)
from kubelint.systems.istio.fields.names import check_scoped_host, is_label
from kubelint.systems.istio.fields.tls import server_tls
from kubelint.systems.istio.model import Gateway
from kubelint.tree.node import Mapping, Scalar
from kubelint.words import quoted


def faults(gateway: Gateway) -> Faults:
    """Yield what Istio refuses or ignores in a Gateway."""
    spec = gateway.root.mapping("spec")
    if spec is None:
        return
    name = gateway.name_node
    if name is not None and not name.opaque and not is_label(name.text):
        yield Fault(
            Family.VALUE, name, f"a Gateway cannot be called {quoted(name.text)}",
            "letters, digits and dashes only: VirtualServices could not name it",
        )  # fmt: skip
    if complete(spec) and not filled(spec, "servers"):
        yield missing(spec, ("servers",), "a Gateway", "it listens nowhere", key=name)
    names = [n for server in gateway.servers if (n := known(server.at("port", "name"))) is not None]
    yield from duplicates(names, "port name", "the ports of a Gateway have different names")
    for server in gateway.servers:
        yield from _server(server)


def _server(server: Mapping) -> Faults:
    if server.get("hosts") is not None and not filled(server, "hosts"):
        yield missing(server, ("hosts",), "a server of a Gateway", "it serves no host", key=server.key("hosts"))
    for node in server.items_at("hosts"):
        if isinstance(node, Scalar):
            yield from check_scoped_host(node, "hosts", gateway=True)
    port = server.mapping("port")
    yield from _listener(port, known(server.get("bind")))
    if port is None:
        return
    tls, protocol = server.mapping("tls"), known(port.get("protocol"))
    name = "" if protocol is None else protocol.text.upper()
    if tls is None:
        if name in common.TLS_PROTOCOLS and complete(server):
            yield missing(server, ("tls",), f"a server with protocol `{name}`", "it shows no certificate", key=protocol)
        return
    if name in ("HTTP", "HTTP2", "GRPC", "GRPC-WEB"):
        decrypts = tls.text_at("mode") not in (None, "PASSTHROUGH")
        for field_name in ("mode", "serverCertificate", "privateKey", "credentialName", "credentialNames"):
            if filled(tls, field_name) and (decrypts or field_name != "mode"):
                yield Fault(
                    Family.EXCLUSIVE, field(tls, field_name), f"a server with protocol `{name}` cannot have TLS",
                    "plain requests take nothing but `httpsRedirect`", "write `protocol: HTTPS`, or remove `tls`",
                    () if protocol is None else ((protocol, "the protocol"),),
                )  # fmt: skip
                break
    elif name in common.TLS_PROTOCOLS or name not in common.PROTOCOLS:
        yield from server_tls(tls, server.key("tls"))
    else:
        yield Fault(
            Family.EXCLUSIVE, field(server, "tls"), f"a server with protocol `{name}` has no `tls`",
            "only HTTPS and TLS have it", "write `protocol: TLS`, or remove `tls`",
            () if protocol is None else ((protocol, "the protocol"),),
        )  # fmt: skip
    redirect = tls.get("httpsRedirect")
    if is_true(redirect) and name in common.PROTOCOLS and name != "HTTP":
        yield idle(
            redirect or tls, f"`httpsRedirect` does nothing on a server with protocol `{name}`",
            "only plain requests can be redirected", "set it on the server with protocol `HTTP`", protocol,
        )  # fmt: skip


def _listener(port: Mapping | None, bind: Scalar | None) -> Faults:
    if bind is not None and bind.text.startswith("unix://"):
        yield from common.bind(bind)
        number = None if port is None else known(port.get("number"))
        if number is not None and number.text != "0":
            yield Fault(Family.VALUE, number, "a server on a socket has no port", "this must be 0", "write `0`")
        if port is not None:
            yield from common.protocol(port.get("protocol"))
    else:
        yield from common.bind(bind)
        yield from common.server_port(port, "Gateway")
