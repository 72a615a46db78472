"""Ingresses side by side: classes, hosts, paths and TLS.

Source: Kubernetes documentation, "Ingress" (Path types, Hostname wildcards, TLS); Ingress-NGINX documentation,
"Annotations" (Canary, From/to www redirect, Server alias).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from kubelint.graph.query import Graph
from kubelint.systems.kubernetes.model import Ingress
from kubelint.tree.node import Mapping, Node, Scalar

CLASS_ANNOTATION = "kubernetes.io/ingress.class"
#: Parts of annotation names with which controllers route by more than host and path.
_ROUTES_BY_MORE = ("canary", "/conditions.", "/actions.", "/router.", "/server-weight", "mergeable-ingress-type")
#: Annotations that make a controller serve hosts that no rule names.
_SERVES_MORE_HOSTS = ("from-to-www-redirect", "server-alias", "server-snippet", "configuration-snippet")


class IngressPath(NamedTuple):
    """One path of an Ingress: where requests for a host and a path go."""

    ingress: Ingress
    host: Scalar | None
    path: Scalar | None
    path_type: str
    backend: Mapping
    place: Node

    @property
    def identity(self) -> tuple[str, str, str, str]:
        """Class, host, path type and path, so that two paths with the same identity match the same requests.

        A ``Prefix`` is matched element by element, so that a slash at its end makes no difference.
        """
        host = "" if self.host is None else self.host.text.lower()
        path = "/" if self.path is None else self.path.text
        if self.path_type == "Prefix":
            path = path.rstrip("/") or "/"
        return class_of(self.ingress), host, self.path_type, path

    @property
    def opaque(self) -> bool:
        """Whether a part of its identity is only known later."""
        return any(part is not None and part.opaque for part in (self.host, self.path))

    @property
    def goes_to(self) -> tuple[str | None, ...]:
        """What the backend is, for comparison."""
        backend = self.backend
        return (
            backend.text_at("service", "name") or backend.text_at("serviceName"),
            backend.text_at("service", "port", "number") or backend.text_at("servicePort"),
            backend.text_at("service", "port", "name"),
            backend.text_at("resource", "kind"),
            backend.text_at("resource", "name"),
        )


def class_of(ingress: Ingress) -> str:
    """Return the class that an Ingress names; empty where it leaves it to the default."""
    annotation = ingress.annotation(CLASS_ANNOTATION)
    return ingress.root.text_at("spec", "ingressClassName") or ("" if annotation is None else annotation.text)


def paths(ingress: Ingress) -> Iterator[IngressPath]:
    """Yield the paths of an Ingress."""
    for rule in ingress.root.items_at("spec", "rules"):
        host = rule.scalar("host")
        for entry in rule.items_at("http", "paths"):
            backend = entry.mapping("backend")
            if backend is not None:
                path = entry.scalar("path")
                kind = entry.text_at("pathType") or "ImplementationSpecific"
                yield IngressPath(ingress, host, path, kind, backend, path or host or backend)


def routes_by_more(ingress: Ingress) -> bool:
    """Tell whether annotations make the controller look at more than host and path, such as for a canary."""
    return any(part in key.text for key, _ in ingress.annotations() for part in _ROUTES_BY_MORE)


def serves_more_hosts(ingress: Ingress) -> bool:
    """Tell whether annotations make the controller serve hosts that no rule names."""
    return any(key.text.endswith(part) for key, _ in ingress.annotations() for part in _SERVES_MORE_HOSTS)


def paths_by_identity(graph: Graph) -> dict[tuple[object, ...], list[IngressPath]]:
    """Return all paths by unit and identity; those of Ingresses that route by more are left out."""

    def collect() -> dict[tuple[object, ...], list[IngressPath]]:
        found: dict[tuple[object, ...], list[IngressPath]] = {}
        for ingress in graph.subjects(Ingress):
            if not routes_by_more(ingress):
                for path in paths(ingress):
                    if not path.opaque:
                        found.setdefault((id(ingress.unit), *path.identity), []).append(path)
        return found

    return graph.once("ingress paths", collect)


# -- hosts -----------------------------------------------------------------------------------------------------------


def rule_hosts(ingress: Ingress) -> list[Scalar]:
    """Return the hosts of the rules."""
    hosts = (rule.scalar("host") for rule in ingress.root.items_at("spec", "rules"))
    return [host for host in hosts if host is not None]


def tls_hosts(ingress: Ingress) -> list[Scalar]:
    """Return the hosts of the TLS entries."""
    return [
        host
        for entry in ingress.root.items_at("spec", "tls")
        for host in entry.items_at("hosts")
        if isinstance(host, Scalar)
    ]


def serves_any_host(ingress: Ingress) -> bool:
    """Tell whether it answers for hosts that it does not name: a rule without host, or a default backend."""
    rules = ingress.root.items_at("spec", "rules")
    default = ingress.root.at("spec", "defaultBackend") or ingress.root.at("spec", "backend")
    return default is not None or not rules or any(rule.scalar("host") is None for rule in rules)


def covers(pattern: str, host: str) -> bool:
    """Tell whether a name with or without ``*.`` at its front covers a host; the star stands for one label.

    Source: Kubernetes documentation, "Ingress", "Hostname wildcards"; RFC 6125, section 6.4.3 for certificates.
    """
    pattern, host = pattern.lower(), host.lower()
    if pattern == host:
        return True
    return pattern.startswith("*.") and host.partition(".")[2] == pattern[2:] and not host.startswith("*.")


def uncovered_rule_hosts(graph: Graph, ingress: Ingress) -> list[Scalar]:
    """Return the hosts of rules that no TLS entry covers, here or in another Ingress, though the Ingress has TLS."""
    entries = ingress.root.items_at("spec", "tls")
    if not entries or any(not entry.items_at("hosts") for entry in entries):
        return []  # without hosts an entry is for all of them
    everywhere = _hosts_everywhere(graph, tls=True)
    return _uncovered(rule_hosts(ingress), everywhere)


def uncovered_tls_hosts(graph: Graph, ingress: Ingress) -> list[Scalar]:
    """Return the TLS hosts for which no Ingress has a rule."""
    if serves_any_host(ingress) or serves_more_hosts(ingress):
        return []
    everywhere = _hosts_everywhere(graph, tls=False)
    hosts = _uncovered(tls_hosts(ingress), everywhere)
    # A certificate for `*.shop.example` is of use for the rule of `www.shop.example`.
    own = rule_hosts(ingress)
    return [host for host in hosts if not any(covers(host.text, rule.text) for rule in own)]


def _uncovered(hosts: list[Scalar], everywhere: frozenset[str]) -> list[Scalar]:
    found = []
    for host in hosts:
        text = host.text.lower()
        wildcard = f"*.{text.partition('.')[2]}"
        if not (host.opaque or text in everywhere or (not text.startswith("*.") and wildcard in everywhere)):
            found.append(host)
    return found


def _hosts_everywhere(graph: Graph, *, tls: bool) -> frozenset[str]:
    """Return the hosts of all Ingresses: controllers merge the Ingresses of a host."""

    def collect() -> frozenset[str]:
        pick = tls_hosts if tls else rule_hosts
        return frozenset(host.text.lower() for ingress in graph.subjects(Ingress) for host in pick(ingress))

    return graph.once(("ingress hosts", tls), collect)
