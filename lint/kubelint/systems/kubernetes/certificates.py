"""cert-manager: certificates, and who issues them.

Source: cert-manager documentation, "Certificate resource", "Annotated Ingress resource", "Annotated Gateway resource";
API reference, IssuerRef.
"""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.systems.kubernetes.model import CustomResource, KubernetesObject
from kubelint.tree.node import Scalar

GROUP = "cert-manager.io"
ISSUER_KIND = f"Issuer.{GROUP}"
CLUSTER_ISSUER_KIND = f"ClusterIssuer.{GROUP}"
ISSUER_ANNOTATION = "cert-manager.io/issuer"
CLUSTER_ISSUER_ANNOTATION = "cert-manager.io/cluster-issuer"
_FOREIGN_ISSUER = ("cert-manager.io/issuer-kind", "cert-manager.io/issuer-group")


class Issuer(CustomResource):
    """An Issuer: for certificates of its own namespace."""


class ClusterIssuer(CustomResource):
    """A ClusterIssuer: for certificates of all namespaces."""

    cluster_scoped = True


class Certificate(CustomResource):
    """A Certificate: cert-manager writes it into a Secret."""

    @property
    def secret_name(self) -> Scalar | None:
        """The Secret that it is written into."""
        return self.root.scalar("spec", "secretName")

    @property
    def issuer(self) -> tuple[Scalar, str] | None:
        """The node of the issuer's name, and the kind; None where there is none or it is not cert-manager's own."""
        name = self.root.scalar("spec", "issuerRef", "name")
        group = self.root.text_at("spec", "issuerRef", "group") or GROUP
        kind = self.root.text_at("spec", "issuerRef", "kind") or "Issuer"
        if name is None or group != GROUP or kind not in ("Issuer", "ClusterIssuer"):
            return None
        return name, f"{kind}.{GROUP}"

    def hosts(self) -> Iterator[Scalar]:
        """Yield the host names that it is for."""
        common = self.root.scalar("spec", "commonName")
        if common is not None:
            yield common
        for name in self.root.items_at("spec", "dnsNames"):
            if isinstance(name, Scalar):
                yield name

    @property
    def hosts_known(self) -> bool:
        """Whether all host names are written down."""
        return self.root.at("spec", "literalSubject") is None and not any(host.opaque for host in self.hosts())


def annotated_issuers(item: KubernetesObject) -> list[tuple[Scalar, str]]:
    """Return name and kind of the issuers that an Ingress or a Gateway asks for; external issuers are left out."""
    if any(item.annotation(name) is not None for name in _FOREIGN_ISSUER):
        return []
    return [
        (name, kind)
        for annotation, kind in (
            (ISSUER_ANNOTATION, ISSUER_KIND),
            (CLUSTER_ISSUER_ANNOTATION, CLUSTER_ISSUER_KIND),
        )
        if (name := item.annotation(annotation)) is not None
    ]


VIEWS: dict[tuple[str, str], type[KubernetesObject]] = {
    (GROUP, "Issuer"): Issuer,
    (GROUP, "ClusterIssuer"): ClusterIssuer,
    (GROUP, "Certificate"): Certificate,
}
