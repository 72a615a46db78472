"""Host names as istiod resolves them.

A name without a dot is completed with the namespace of the *resource that uses it*; everything with a dot is taken as
it stands, so that ``reviews.prod`` and ``reviews.prod.svc`` name no Service although DNS would resolve them.

Source: Istio, ``pilot/pkg/model/config.go`` (``ResolveShortnameToFQDN``), ``pkg/config/host/name.go`` and
``names.go``, ``pkg/config/mesh/mesh.go`` (``DefaultMeshConfig``).
"""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import ip_address
from typing import NamedTuple

from kubelint.config import Settings
from kubelint.graph.query import fits
from kubelint.systems.istio.model import IstioObject

#: The namespace of a service host where nothing says which one it is.
UNWRITTEN = ""
CLUSTER_DOMAIN = "cluster.local"
ROOT_NAMESPACE = "istio-system"


class Mesh(NamedTuple):
    """What the resolution of names needs to know of the mesh, with the defaults of an installation."""

    cluster_domain: str = CLUSTER_DOMAIN
    root_namespace: str = ROOT_NAMESPACE

    @classmethod
    def of(cls, settings: Settings) -> Mesh:
        """Return what the configuration says under ``targets.istio``; that may be no more than a version."""
        domain, root = settings.target("istio", "cluster-domain"), settings.target("istio", "root-namespace")
        return cls(
            domain.strip(".") if isinstance(domain, str) and domain.strip(".") else CLUSTER_DOMAIN,
            root if isinstance(root, str) and root else ROOT_NAMESPACE,
        )


class Host(NamedTuple):
    """A host as istiod sees it.

    For the host of a Service ``name`` is the Service's and ``namespace`` its namespace (:data:`UNWRITTEN` where nobody
    says which); for every other host ``name`` is the whole host and ``namespace`` None.
    """

    name: str
    namespace: str | None = None

    @property
    def of_service(self) -> bool:
        """Whether it can be the host of a Service of the cluster."""
        return self.namespace is not None

    @property
    def wildcard(self) -> bool:
        """Whether it stands for many hosts."""
        return is_wildcard(self.name)

    def same(self, other: Host) -> bool:
        """Tell whether two hosts can be one; a namespace that is not written down fits any."""
        if self.name != other.name:
            return False
        if self.namespace is None or other.namespace is None:
            return self.namespace is other.namespace
        return fits(self.namespace, other.namespace)

    def fqdn(self, mesh: Mesh, namespace: str = "") -> str:
        """Return the full name; ``namespace`` stands in where none is written down."""
        if self.namespace is None:
            return self.name
        return f"{self.name}.{self.namespace or namespace or '*'}.svc.{mesh.cluster_domain}"


def resolve_host(text: str, namespace: str, mesh: Mesh) -> Host:
    """Return the host that a text means in a resource of that namespace."""
    if is_wildcard(text) or is_address(text):
        return Host(text)
    if "." not in text:
        return Host(text, namespace)
    suffix = f".svc.{mesh.cluster_domain}"
    if text.endswith(suffix):
        labels = text.removesuffix(suffix).split(".")
        if len(labels) == 2 and all(labels):
            return Host(labels[0], labels[1])
    return Host(text)


def partial_service(text: str, mesh: Mesh) -> tuple[str, str] | None:
    """Return name and namespace of the Service that DNS would find for ``name.namespace`` or ``name.namespace.svc``.

    istiod does not complete these forms. None for any other text.
    """
    labels = text.split(".")
    if len(labels) < 2 or is_wildcard(text) or is_address(text) or not all(labels):
        return None
    if len(labels) == 2:
        return labels[0], labels[1]
    tail = labels[2:]
    whole = ["svc", *mesh.cluster_domain.split(".")]
    if tail != whole and tail == whole[: len(tail)]:
        return labels[0], labels[1]
    return None


def is_wildcard(name: str) -> bool:
    """Tell whether a host stands for many: only a leading ``*`` does."""
    return name.startswith("*")


def is_address(text: str) -> bool:
    """Tell whether a host is an IP address."""
    if not text or not (text[0].isdigit() or ":" in text):
        return False
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def matches(one: str, other: str) -> bool:
    """Tell whether two hosts, either of them possibly a wildcard, have a host in common."""
    if is_wildcard(one) and is_wildcard(other):
        shorter, longer = sorted((one[1:], other[1:]), key=len)
        return longer.endswith(shorter)
    if is_wildcard(one):
        return other.endswith(one[1:])
    if is_wildcard(other):
        return one.endswith(other[1:])
    return one == other


def subset_of(one: str, other: str) -> bool:
    """Tell whether every host that the one stands for is among those of the other."""
    if is_wildcard(one):
        return is_wildcard(other) and len(one) >= len(other) and one[1:].endswith(other[1:])
    return one.endswith(other[1:]) if is_wildcard(other) else one == other


def most_specific(name: str, patterns: Iterable[str]) -> str | None:
    """Return the pattern that wins for a host: exact before wildcard, then the longest, then by alphabet."""
    fitting = [pattern for pattern in patterns if subset_of(name, pattern)]
    return min(fitting, key=lambda pattern: (is_wildcard(pattern), -len(pattern), pattern), default=None)


def covers(pattern: str, host: Host, mesh: Mesh) -> bool:
    """Tell whether a wildcard can stand for a host; where the host's namespace is not written down, for any."""
    if host.namespace != UNWRITTEN:
        return subset_of(host.fqdn(mesh), pattern)
    tail, domain = pattern[1:], f".svc.{mesh.cluster_domain}"
    return domain.endswith(tail) or (tail.endswith(domain) and "." not in tail.removesuffix(domain).lstrip("."))


def exported_to(item: IstioObject, namespace: str) -> bool:
    """Tell whether a namespace sees a resource.

    Source: Istio reference, ``exportTo``: ``*`` all, ``.`` its own, ``~`` none, else a namespace; all where it is
    absent.
    """
    if not item.export_to:
        return True
    return any(
        entry == "*" or fits(item.namespace if entry == "." else entry, namespace)
        for entry in item.export_to
        if entry != "~"
    )


def gateway_name(text: str, namespace: str) -> tuple[str, str]:
    """Return namespace and name of the gateway that a text means in a VirtualService of that namespace.

    ``name`` and ``./name`` stand for the own namespace, ``namespace/name`` for another; the old form
    ``name.namespace`` (and what may follow it) is still read. Source: Istio, ``resolveGatewayName``.
    """
    if "/" in text:
        where, _, name = text.partition("/")
        return (namespace if where == "." else where), name
    if "." in text:
        labels = text.split(".")
        return labels[1], labels[0]
    return namespace, text


def server_host(text: str, namespace: str) -> tuple[str, str]:
    """Return namespace (``*``: any) and host of an entry of a gateway's ``servers[].hosts``.

    Source: Istio reference, "Gateway", ``Server.hosts``.
    """
    where, slash, host = text.rpartition("/")
    if not slash:
        return "*", text
    return (namespace if where == "." else where), host
