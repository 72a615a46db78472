"""Forms of names: DNS labels, hosts with wildcards, ``namespace/host``, addresses.

Source: Istio, ``pkg/config/labels`` and ``pkg/config/validation`` (``ValidateWildcardDomain``,
``ValidateNamespaceSlashWildcardHostname``); RFC 1123.
"""

from __future__ import annotations

import re
from ipaddress import ip_address, ip_network

from kubelint.systems.istio.fields.fault import Family, Fault, Faults
from kubelint.tree.node import Scalar
from kubelint.words import quoted

_LABEL = re.compile(r"[a-zA-Z0-9](?:[-a-zA-Z0-9]*[a-zA-Z0-9])?\Z")
_FIRST_LABEL = re.compile(r"(?:\*|(?:\*-?)?[a-zA-Z0-9](?:[-a-zA-Z0-9]*[a-zA-Z0-9])?)\Z")
_HEADER = re.compile(r"[-_A-Za-z0-9]+\Z")
_LONGEST_HOST, _LONGEST_LABEL = 255, 63


def is_label(text: str) -> bool:
    """Tell whether a text is one label of a host name."""
    return len(text) <= _LONGEST_LABEL and _LABEL.match(text) is not None


def is_header_name(text: str) -> bool:
    """Tell whether a text can be the name of a header."""
    return _HEADER.match(text) is not None


def is_ip(text: str) -> bool:
    """Tell whether a text is an IP address."""
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def is_subnet(text: str) -> bool:
    """Tell whether a text is an IP address or a block of them."""
    try:
        ip_network(text, strict=False)
    except ValueError:
        return False
    return True


def host_fault(text: str, *, wildcard: bool = True) -> str | None:
    """Return in words what is wrong with the form of a host; None where it is well formed."""
    if not text:
        return "it is empty"
    if len(text) > _LONGEST_HOST:
        return f"it is longer than {_LONGEST_HOST} characters"
    if "://" in text:
        return "it is a URL, not a host"
    if text.rpartition(":")[2].isdigit() and text.count(":") == 1:
        return "a host has no port"
    first, *rest = text.split(".")
    if "*" in text and not wildcard:
        return "a wildcard is not allowed here"
    if any("*" in label for label in rest):
        return "`*` may only be the first label"
    labels = [first, *rest]
    if labels[-1] == "" and len(labels) > 1:
        labels.pop()
    if labels[-1].isdigit() and labels[-1].isascii() and len(labels) > 1:
        return "the last label may not be a number"
    for position, label in enumerate(labels):
        well = _FIRST_LABEL if position == 0 and wildcard else _LABEL
        if label == "":
            return "a label is empty"
        if len(label) > _LONGEST_LABEL:
            return f"a label is longer than {_LONGEST_LABEL} characters"
        if not well.match(label):
            return f"{quoted(label)} is no label of a host name"
    return None


def malformed(node: Scalar, why: str, field: str, help: str | None = None) -> Fault:  # noqa: A002
    """Return the fault of a host of a wrong form."""
    return Fault(Family.HOST, node, f"{quoted(node.text)} is no host for `{field}`", why, help)


def check_host(node: Scalar, field: str, *, wildcard: bool = True, address: bool = False) -> Faults:
    """Yield the fault of a host that is not well formed; ``address`` says that an IP address is one as well."""
    if node.opaque or (address and is_ip(node.text)):
        return
    why = host_fault(node.text, wildcard=wildcard)
    if why is not None:
        bare = node.text.partition("://")[2].partition("/")[0] if "://" in node.text else ""
        yield malformed(node, why, field, f"write `{bare}`" if bare else None)


def check_scoped_host(node: Scalar, field: str, *, gateway: bool) -> Faults:
    """Yield the fault of an entry of ``servers[].hosts`` of a Gateway or of ``egress[].hosts`` of a Sidecar."""
    if node.opaque:
        return
    namespace, slash, host = node.text.partition("/")
    if not slash:
        if not gateway:
            yield malformed(node, "the form is `namespace/host`", field, f"write `./{node.text}` or `*/{node.text}`")
            return
        host = node.text
    elif not namespace or not host:
        yield malformed(node, "a part of `namespace/host` is empty", field)
        return
    elif namespace not in ("*", ".") and not (not gateway and namespace == "~"):
        bare = namespace.removeprefix("~") if not gateway else namespace
        if not is_label(bare):
            yield malformed(node, f"{quoted(namespace)} is no namespace", field)
            return
    if gateway and is_ip(host):
        return
    if host != "*" and "." not in host:
        yield malformed(
            node, "short names are not completed here", field, f"write `{host}.<namespace>.svc.cluster.local`"
        )
        return
    why = None if host == "*" else host_fault(host)
    if why is not None:
        yield malformed(node, why, field)
