"""istio/subset-not-found."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Fix, Safety, Severity
from kubelint.graph.model import Reference
from kubelint.graph.query import Graph
from kubelint.rule import Group, Place, Rule
from kubelint.source import TextEdit
from kubelint.suggest import did_you_mean
from kubelint.systems.istio.links import SubsetUse
from kubelint.systems.istio.model import DestinationRule, Subset, VirtualService
from kubelint.tree.node import Scalar


class SubsetNotFound(Rule[VirtualService]):
    """A route sends requests to a subset that no DestinationRule for the host defines: they get 503.

    ## Why
    A subset is a name that a DestinationRule gives to some of a host's pods. Without that definition the proxy has no
    endpoints for it and rejects every request of the route.

    ## Example
    ```yaml reviews.yaml
    apiVersion: networking.istio.io/v1
    kind: DestinationRule
    metadata:
      name: reviews
    spec:
      host: reviews
      subsets:
      - name: v1
        labels:
          version: v1
    ---
    apiVersion: networking.istio.io/v1
    kind: VirtualService
    metadata:
      name: reviews
    spec:
      hosts:
      - reviews
      http:
      - route:
        - destination:
            host: reviews
            subset: v2
    ```

    ## Stays silent when
    - any DestinationRule of the repository for this host defines the subset, in an alternative file of the same
      folder, for a wildcard that covers the host, or in another namespace
    - the repository has neither a DestinationRule for the host in the same unit nor the host's Service: both may live
      elsewhere
    - a part of the unit could not be read, or the subset's name is a placeholder

    ## Source
    Istio reference, "VirtualService", field `Destination.subset`; "DestinationRule", `Subset`.
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS
    fixable = True
    keys = ("subset",)

    def check(self, subject: VirtualService, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each subset that is not defined."""
        for reference in graph.outgoing(subject, "uses-subset"):
            use = reference.detail
            if reference.dangling and isinstance(use, SubsetUse) and isinstance(reference.node, Scalar):
                yield self._finding(subject, reference, reference.node, use)

    def _finding(self, subject: VirtualService, reference: Reference, node: Scalar, use: SubsetUse) -> Finding:
        name, host = node.text, use.host.name
        near = [subset for subset in reference.candidates if isinstance(subset, Subset)]
        names = [subset.short_name for subset in near]
        if not use.rules:
            return self.finding(
                f"no DestinationRule defines subset `{name}` of `{host}`",
                node,
                "requests that come here get 503",
                related=[(service, "the Service has no DestinationRule at all") for service in use.services[:1]],
                path=(subject, *use.services[:1]),
                help=f"add a DestinationRule for `{host}` with the subset `{name}`, or remove `subset`",
                subject=subject,
            )
        rule = near[0].rule if near else use.rules[0]
        known = [f"`{subset}`" for subset in dict.fromkeys(s for r in use.rules for s in r.subsets)]
        fix = None
        if len(names) == 1:
            fix = Fix(f"write `{names[0]}`", (TextEdit(node.part(0, len(name)), names[0]),), Safety.UNSAFE)
        meant = did_you_mean(names)
        return self.finding(
            f"no DestinationRule defines subset `{name}` of `{host}`" + (f"; {meant}" if meant else ""),
            node,
            "requests that come here get 503",
            related=[_defined(rule, near, known)],
            path=(subject, rule),
            help=f"write `{names[0]}`" if len(names) == 1 else f"define subset `{name}`, or route to one that exists",
            fix=fix,
            subject=subject,
        )


def _defined(rule: DestinationRule, near: list[Subset], known: list[str]) -> tuple[Place, str]:
    """Return the place that shows what there is instead, and what to say of it."""
    if near:
        return near[0], "this subset exists"
    spec = rule.root.mapping("spec")
    place = (None if spec is None else spec.key("subsets")) or rule.host or rule
    return place, f"the rule for this host defines {', '.join(known[:5]) if known else 'no subset'}"
