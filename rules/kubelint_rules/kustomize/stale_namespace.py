"""kustomize/stale-namespace."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from kubelint.finding import Finding, Severity
from kubelint.graph.model import Resource, Unit
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.source import Span
from kubelint.systems.kustomize.members import Moved
from kubelint.tree.made import MadeScalar
from kubelint.tree.node import Scalar
from kubelint.words import cut


class StaleNamespace(Rule[Moved]):
    """A kustomization moves a Service to another namespace, and an address still has the old one.

    ## Why
    `namespace` sets the namespace of objects and of a few references. It does not reach into texts: Istio's hosts, and
    addresses in environment variables and in ConfigMaps, keep the namespace that is written there. An overlay for
    another environment then talks to the first one.

    ## Example
    ```yaml staging/kustomization.yaml
    namespace: staging
    resources:
    - ../base
    ```
    ```yaml base/kustomization.yaml
    namespace: shop
    resources:
    - service.yaml
    - settings.yaml
    ```
    ```yaml base/service.yaml
    apiVersion: v1
    kind: Service
    metadata:
      name: orders
    spec:
      type: ExternalName
      externalName: orders.example.com
    ```
    ```yaml base/settings.yaml
    apiVersion: v1
    kind: ConfigMap
    metadata:
      name: settings
    data:
      ORDERS_URL: http://orders.shop.svc:8080
    ```

    ## Stays silent when
    - another unit of the repository has a Service of that name in the old namespace
    - the address is of a Service that the kustomization does not build
    - a patch or a replacement has put the new namespace there

    ## Source
    kustomize, `api/filters/namespace`; Kubernetes, "DNS for Services and Pods".
    """

    severity = Severity.WARNING
    group = Group.SUSPICIOUS

    def check(self, subject: Moved, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each address of the Service in a namespace that it is no longer in."""
        item = subject.item
        addresses = graph.once(("kustomize addresses", id(item.unit)), lambda: _addresses(item.unit))
        setter = subject.namespace.by if isinstance(subject.namespace, MadeScalar) else None
        for namespace in sorted(subject.namespaces):
            elsewhere = graph.find(item.key._replace(namespace=namespace))
            if any(one.unit is not item.unit and one.namespace == namespace for one in elsewhere):
                continue
            for address in addresses.get((item.name, namespace), ()):
                related = [] if setter is None else [(setter.span, "this moves the Service")]
                yield self.finding(
                    f"an address of `{cut(item.name, 20)}` keeps the namespace `{cut(namespace, 20)}`",
                    address.span,
                    f"Service `{item.name}` is in `{getattr(subject.namespace, 'text', '')}` by then",
                    related=related,
                    help="leave the namespace out, or set it with a replacement",
                    note="kustomize does not rewrite texts",
                    subject=address.resource,
                )


class _Address(NamedTuple):
    resource: Resource
    span: Span


_DNS = re.compile(r"(?<![a-z0-9.-])(?P<name>[a-z0-9-]{1,63})\.(?P<namespace>[a-z0-9-]{1,63})\.svc(?![a-z0-9-])")
_SHORT = re.compile(r"(?P<name>[a-z0-9-]{1,63})\.(?P<namespace>[a-z0-9-]{1,63})")


def _addresses(unit: Unit) -> dict[tuple[str, str], list[_Address]]:
    """Return the addresses of Services in the texts of a unit, by name and namespace of the Service."""
    found: dict[tuple[str, str], list[_Address]] = {}
    for resource in unit.resources:
        istio = "istio.io/" in (resource.root.text_at("apiVersion") or "")
        for node in resource.root.walk():
            if not isinstance(node, Scalar) or "." not in node.text or node.opaque:
                continue
            match = _SHORT.fullmatch(node.text) if istio else None
            matches = [match] if match is not None else _DNS.finditer(node.text) if ".svc" in node.text else ()
            for one in matches:
                span = node.part(one.start("namespace"), one.end("namespace"))
                found.setdefault((one["name"], one["namespace"]), []).append(_Address(resource, span))
    return found
