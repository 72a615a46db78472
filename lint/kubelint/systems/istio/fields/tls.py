"""TLS of gateways, of Sidecar listeners and of connections to destinations.

Source: Istio, ``pkg/config/validation/validation.go`` (``validateTLSOptions``) and ``agent/validation.go``
(``ValidateTLS``, value lists); Istio reference, "Gateway", ``ServerTLSSettings``; "DestinationRule",
``ClientTLSSettings``.
"""

from __future__ import annotations

from kubelint.systems.istio.fields.fault import (
    Faults,
    complete,
    exclusive,
    field,
    filled,
    has,
    idle,
    is_true,
    known,
    missing,
    scalars,
    wrong,
)
from kubelint.tree.node import Mapping, Node

CIPHERS = frozenset(
    {
        "ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-RSA-AES128-GCM-SHA256", "ECDHE-ECDSA-AES256-GCM-SHA384",
        "ECDHE-RSA-AES256-GCM-SHA384", "ECDHE-ECDSA-CHACHA20-POLY1305", "ECDHE-RSA-CHACHA20-POLY1305",
        "ECDHE-ECDSA-AES128-SHA", "ECDHE-RSA-AES128-SHA", "ECDHE-ECDSA-AES256-SHA", "ECDHE-RSA-AES256-SHA",
        "AES128-GCM-SHA256", "AES256-GCM-SHA384", "AES128-SHA", "AES256-SHA", "DES-CBC3-SHA",
    }
)  # fmt: skip
_FILES = ("serverCertificate", "privateKey", "caCertificates")
_CLIENT_FILES = ("clientCertificate", "privateKey", "caCertificates")
_OLD_VERSIONS = ("TLSV1_0", "TLSV1_1")


def server_tls(tls: Mapping | None, key: Node | None) -> Faults:
    """Yield what is wrong with ``tls`` of a server."""
    if tls is None:
        return
    mode = tls.text_at("mode") or ""
    yield from _ciphers(tls)
    if mode == "ISTIO_MUTUAL":
        for name in (*_FILES, "credentialName", "credentialNames", "tlsCertificates", "caCrl"):
            if filled(tls, name):
                yield exclusive(tls, "mode", name, "the mesh's own certificates are used")
        return
    if mode in ("PASSTHROUGH", "AUTO_PASSTHROUGH"):
        for name in (*_FILES, "credentialName", "credentialNames", "tlsCertificates"):
            if filled(tls, name):
                yield idle(
                    field(tls, name), f"`{name}` does nothing with mode `{mode}`",
                    "the gateway does not decrypt the traffic", f"remove `{name}`, or write `SIMPLE`", tls.get("mode"),
                )  # fmt: skip
        return
    yield from _certificates(tls, key, mode)


def _certificates(tls: Mapping, key: Node | None, mode: str) -> Faults:
    by_name = [name for name in ("credentialName", "credentialNames", "tlsCertificates") if filled(tls, name)]
    if "credentialName" in by_name and "tlsCertificates" in by_name:
        yield exclusive(tls, "credentialName", "tlsCertificates")
    for name in ("serverCertificate", "privateKey"):
        if "tlsCertificates" in by_name and filled(tls, name):
            yield exclusive(tls, "tlsCertificates", name)
    mode_key = tls.key("mode") or key
    if mode in ("SIMPLE", "MUTUAL", "OPTIONAL_MUTUAL") and complete(tls) and not by_name:
        for name in ("serverCertificate", "privateKey"):
            if not has(tls, name):
                other = "credentialName" if not has(tls, "serverCertificate") and not has(tls, "privateKey") else None
                names = (other,) if other else (name,)
                yield missing(tls, names, f"mode `{mode}`", "a server shows a certificate", key=mode_key)
                break
    if mode in ("MUTUAL", "OPTIONAL_MUTUAL") and complete(tls):
        from_secret = "credentialName" in by_name or "credentialNames" in by_name or has(tls, "caCertCredentialName")
        if not from_secret and not has(tls, "caCertificates"):
            yield missing(tls, ("caCertificates",), f"mode `{mode}`", "clients are checked against it", key=mode_key)
    elif mode == "SIMPLE" and has(tls, "caCrl"):
        yield exclusive(tls, "mode", "caCrl", "no certificate of a client is checked")


def _ciphers(tls: Mapping) -> Faults:
    seen: set[str] = set()
    for node in scalars(tls, "cipherSuites"):
        name = node.text.strip("[]")
        for part in name.split("|"):
            if part not in CIPHERS:
                yield idle(node, f"`{part}` is no cipher suite that Envoy knows", "it is left out", "remove it")
            elif part in seen:
                yield idle(node, f"the cipher suite `{part}` is there twice", "once is enough", "remove it")
            seen.add(part)
    minimum, maximum = tls.scalar("minProtocolVersion"), tls.scalar("maxProtocolVersion")
    old = minimum is not None and minimum.text in _OLD_VERSIONS
    if old and minimum is not None and not filled(tls, "cipherSuites") and is_open(maximum):
        yield idle(
            minimum, f"`{minimum.text}` needs cipher suites of that version", "the default ones are of TLS 1.2",
            "add `cipherSuites`, or write `TLSV1_2`",
        )  # fmt: skip


def is_open(node: Node | None) -> bool:
    """Tell whether a highest version is not restricted to TLS 1.3."""
    scalar = known(node)
    return scalar is None or scalar.text != "TLSV1_3"


def client_tls(tls: Mapping | None, key: Node | None, namespace: str) -> Faults:
    """Yield what is wrong with ``tls`` of a traffic policy."""
    if tls is None:
        return
    mode = tls.text_at("mode") or "DISABLE"
    verified = [name for name in ("caCertificates", "subjectAltNames") if filled(tls, name)]
    if is_true(tls.get("insecureSkipVerify")) and mode in ("SIMPLE", "MUTUAL"):
        for name in verified:
            yield exclusive(tls, "insecureSkipVerify", name, "nothing is verified")
    if has(tls, "credentialName") and mode in ("SIMPLE", "MUTUAL"):
        for name in (*_CLIENT_FILES, "caCrl"):
            credential = known(tls.get("credentialName"))
            if has(tls, name) and credential is not None:
                yield exclusive(tls, "credentialName", name, "all of it comes from the Secret")
    elif mode == "MUTUAL" and complete(tls):
        for name in ("clientCertificate", "privateKey"):
            if not has(tls, name) and not has(tls, "credentialName"):
                yield missing(
                    tls, (name,), "mode `MUTUAL`", "the client shows a certificate", key=tls.key("mode") or key
                )
    elif mode == "ISTIO_MUTUAL":
        for name in (*_CLIENT_FILES, "credentialName", "caCrl"):
            if has(tls, name):
                yield exclusive(tls, "mode", name, "the mesh's own certificates are used")
    yield from _config_map(tls, namespace)


def _config_map(tls: Mapping, namespace: str) -> Faults:
    node = known(tls.get("credentialName"))
    if node is None or not node.text.startswith("configmap://"):
        return
    where, slash, name = node.text.removeprefix("configmap://").partition("/")
    if not slash or not name or (namespace and where and where != namespace):
        yield wrong(node, "credentialName", f"`configmap://{namespace or '<namespace>'}/<name>`, of the own namespace")
