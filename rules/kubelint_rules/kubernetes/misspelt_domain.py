"""kubernetes/misspelt-domain."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kubelint.finding import Finding, Fix, Safety, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.source import Span, TextEdit
from kubelint.suggest import distance
from kubelint.systems.kubernetes.model import KubernetesObject
from kubelint.systems.kubernetes.pod import PodTemplate
from kubelint.tree.node import Node, Scalar

#: Domains of labels and annotations that Kubernetes and widely used controllers read.
KNOWN_DOMAINS = frozenset(
    {
        "kubernetes.io", "k8s.io", "app.kubernetes.io", "apps.kubernetes.io", "batch.kubernetes.io",
        "node.kubernetes.io", "node-role.kubernetes.io", "node-restriction.kubernetes.io", "topology.kubernetes.io",
        "failure-domain.beta.kubernetes.io", "beta.kubernetes.io", "alpha.kubernetes.io", "kubectl.kubernetes.io",
        "storage.kubernetes.io", "volume.kubernetes.io", "volumes.kubernetes.io", "volume.beta.kubernetes.io",
        "pv.kubernetes.io",
        "storageclass.kubernetes.io", "service.kubernetes.io", "service.beta.kubernetes.io",
        "service.alpha.kubernetes.io", "ingress.kubernetes.io", "ingressclass.kubernetes.io",
        "nginx.ingress.kubernetes.io", "scheduler.alpha.kubernetes.io", "seccomp.security.alpha.kubernetes.io",
        "container.apparmor.security.beta.kubernetes.io", "pod-security.kubernetes.io",
        "rbac.authorization.kubernetes.io", "deployment.kubernetes.io", "statefulset.kubernetes.io",
        "endpoints.kubernetes.io", "autoscaling.alpha.kubernetes.io", "cluster-autoscaler.kubernetes.io",
        "addonmanager.kubernetes.io", "api.kubernetes.io", "pod.alpha.kubernetes.io", "prometheus.io", "helm.sh",
        "meta.helm.sh", "argocd.argoproj.io", "kustomize.toolkit.fluxcd.io", "helm.toolkit.fluxcd.io",
        "cert-manager.io", "acme.cert-manager.io", "external-dns.alpha.kubernetes.io", "sidecar.istio.io",
        "traffic.sidecar.istio.io", "proxy.istio.io", "networking.istio.io", "inject.istio.io", "linkerd.io",
        "config.linkerd.io", "traefik.ingress.kubernetes.io", "eks.amazonaws.com", "iam.gke.io",
        "alb.ingress.kubernetes.io", "haproxy.org", "konghq.com", "external-secrets.io", "config.kubernetes.io",
        "internal.config.kubernetes.io", "kustomize.config.k8s.io", "reloader.stakater.com", "vault.hashicorp.com",
        "kubelint.io",
    }
)  # fmt: skip


class MisspeltDomain(Rule[KubernetesObject]):
    """The domain of a label or annotation is one letter away from a known one, so nobody reads it.

    ## Why
    Controllers look for the exact key. `scheduler.alpha.kubernetets.io/critical-pod` is a valid annotation that no
    scheduler knows.

    ## Example
    ```yaml service.yaml
    apiVersion: v1
    kind: Service
    metadata:
      name: web
      annotations:
        promtheus.io/scrape: "true"
    spec:
      selector:
        app: web
      ports:
      - port: 80
    ```

    ## Stays silent when
    - the domain is a known one, or is more than one edit away from each of them: your own domains are yours

    ## Source
    Kubernetes documentation, "Well-Known Labels, Annotations and Taints", and that of the controllers named.
    """

    severity = Severity.WARNING
    group = Group.SUSPICIOUS
    fixable = True
    alone = True

    def check(self, subject: KubernetesObject, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each key with a domain near a known one."""
        del graph
        places: list[Node | None] = [subject.root.at("metadata")]
        places += [template.metadata for template in subject.pod_templates() if isinstance(template, PodTemplate)]
        seen: set[int] = set()
        for key in _keys(places):
            if id(key) in seen:
                continue
            seen.add(id(key))
            domain, slash, name = key.text.partition("/")
            meant = _meant(domain) if slash else None
            if meant is None:
                continue
            fix = None
            place = Span(key.source, key.start, key.end)
            if key.plain:
                fix = Fix(f"write `{meant}/{name}`", (TextEdit(place, f"{meant}/{name}"),), Safety.UNSAFE)
            yield self.finding(
                f"nobody reads `{domain}`; did you mean `{meant}`?",
                place,
                "one letter from a known domain",
                help=f"write `{meant}/{name}`",
                fix=fix,
                subject=subject,
            )


def _keys(places: Iterable[Node | None]) -> Iterator[Scalar]:
    for place in places:
        if place is not None:
            for section in ("labels", "annotations"):
                for key, _ in place.pairs_at(section):
                    yield key


def _meant(domain: str) -> str | None:
    if domain in KNOWN_DOMAINS or len(domain) < _SHORTEST:
        return None
    near = [known for known in KNOWN_DOMAINS if abs(len(known) - len(domain)) <= 1 and distance(domain, known, 1) == 1]
    if near:
        return min(near)
    # The registrable part alone, under any subdomain: `policy.kubernetets.io`.
    head, _, tail = domain.rpartition(".")
    parent, _, label = head.rpartition(".")
    registrable = f"{label}.{tail}"
    if parent and registrable not in KNOWN_DOMAINS:
        for known in ("kubernetes.io", "istio.io", "prometheus.io", "cert-manager.io"):
            if distance(registrable, known, 1) == 1:
                return f"{parent}.{known}"
    return None


_SHORTEST = 7
