"""istio/subset-selects-nothing."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Fix, Safety, Severity
from kubelint.graph.model import Reference, Resolution
from kubelint.graph.query import Graph
from kubelint.rule import Group, Place, Rule
from kubelint.source import TextEdit
from kubelint.systems.istio.model import DestinationRule, Subset
from kubelint.systems.istio.subsets import SubsetMismatch


class SubsetSelectsNothing(Rule[DestinationRule]):
    """The labels of a subset match none of the pods of the host's Service, so the subset has no endpoints.

    ## Why
    A request that is routed to a subset without endpoints gets 503. The labels must be on the pods themselves, not on
    the Deployment, and the pods must be those of the Service.

    ## Example
    ```yaml reviews.yaml
    apiVersion: v1
    kind: Service
    metadata:
      name: reviews
    spec:
      selector:
        app: reviews
      ports:
      - port: 9080
    ---
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: reviews-v1
    spec:
      selector:
        matchLabels:
          app: reviews
          version: v1
      template:
        metadata:
          labels:
            app: reviews
            version: v1
        spec:
          containers:
          - name: reviews
            image: registry.istio.io/release/examples-bookinfo-reviews-v1:1.20.3
    ---
    apiVersion: networking.istio.io/v1
    kind: DestinationRule
    metadata:
      name: reviews
    spec:
      host: reviews
      subsets:
      - name: v1
        labels:
          version: "1"
    ```

    ## Stays silent when
    - the host's Service or its pods are not in the repository
    - the value is merely not there (`v4` beside `v1` and `v2`): such pods may be deployed from elsewhere
    - Istio or a controller adds the label (`topology.kubernetes.io/zone`, `pod-template-hash`)
    - a WorkloadEntry or a WorkloadGroup has the labels

    ## Source
    Istio reference, "DestinationRule", `Subset.labels`.
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS
    fixable = True
    keys = ("subsets",)

    def check(self, subject: DestinationRule, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each subset that has no pods, where it is known why."""
        subsets = {id(subset.root.at("labels")): subset for subset in subject.subsets.values()}
        for reference in graph.outgoing(subject, "selects"):
            subset = subsets.get(id(reference.node))
            if subset is None:
                continue
            if isinstance(reference.detail, SubsetMismatch):
                yield self._mismatch(subject, subset, reference.detail, reference)
            elif reference.resolution is Resolution.MISSING:
                yield self.finding(
                    f"subset `{subset.short_name}` selects no pod of its host",
                    reference.node,
                    "no pod has these labels",
                    help="correct the labels of the subset or of the pods",
                    subject=subject,
                )

    def _mismatch(
        self, rule: DestinationRule, subset: Subset, mismatch: SubsetMismatch, reference: Reference
    ) -> Finding:
        key, wanted, actual = mismatch.requirement.key, mismatch.wanted, mismatch.actual
        owner = mismatch.template.owner
        pods = f"the pods of {owner.kind} `{owner.name}`"
        place: Place
        related: list[tuple[Place, str]]
        fix, severity = None, None
        if actual is not None and actual is mismatch.template.labels.get(key):
            place, label = wanted, f"no pod of this host has the label `{key}: {wanted.text}`"
            related = [(actual, f"{pods} have `{actual.text}`")]
            help_text = f"write `{key}: {actual.text}`"
            edit = TextEdit(wanted.part(0, len(wanted.text)), actual.text)
            fix = Fix(f"replace `{wanted.text}` with `{actual.text}`", (edit,), Safety.UNSAFE)
        elif actual is not None:
            place, label = mismatch.requirement.key_node, f"no pod of this host has a label `{key}`"
            related = [(actual, f"{pods} have the label `{actual.text}`")]
            help_text = f"write `{actual.text}`"
            edit = TextEdit(place.span, actual.text)
            fix = Fix(f"replace `{key}` with `{actual.text}`", (edit,), Safety.UNSAFE)
        else:
            place, label = mismatch.requirement.key_node, f"no pod of this host has a label `{key}`"
            metadata = mismatch.template.metadata
            labels = None if metadata is None else metadata.key("labels")
            related = [(labels or owner, f"the labels of {pods}")]
            help_text = f"give the pods the label `{key}: {wanted.text}`"
            severity = Severity.WARNING
        return self.finding(
            f"subset `{subset.short_name}` selects no pod of its host",
            place,
            label,
            related=related,
            path=(rule, *reference.candidates),
            help=help_text,
            fix=fix,
            severity=severity,
            subject=rule,
        )
