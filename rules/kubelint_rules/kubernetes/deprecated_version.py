"""kubernetes/deprecated-version."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.definitions import versions, versions_of
from kubelint.systems.kubernetes.model import CustomResource


class DeprecatedVersion(Rule[CustomResource]):
    """An object is written in a version that its CustomResourceDefinition marks as deprecated.

    ## Why
    The API server warns every client that uses it, and a later release of the definition serves it no longer.

    ## Example
    ```yaml crd.yaml
    apiVersion: apiextensions.k8s.io/v1
    kind: CustomResourceDefinition
    metadata:
      name: coupons.shop.example.com
    spec:
      group: shop.example.com
      scope: Namespaced
      names:
        kind: Coupon
        plural: coupons
      versions:
      - name: v1beta1
        served: true
        storage: false
        deprecated: true
        schema:
          openAPIV3Schema:
            type: object
            properties:
              spec:
                type: object
                required: [percent]
                properties:
                  percent:
                    type: integer
                  minimum:
                    type: integer
                  maximum:
                    type: integer
      - name: v1
        served: true
        storage: true
        schema:
          openAPIV3Schema:
            type: object
            properties:
              spec:
                type: object
                required: [percent]
                properties:
                  percent:
                    type: integer
                  minimum:
                    type: integer
                  maximum:
                    type: integer
    ```
    ```yaml coupon.yaml
    apiVersion: shop.example.com/v1beta1
    kind: Coupon
    metadata:
      name: summer
    spec:
      percent: 10
    ```

    ## Stays silent when
    - the repository has no definition of the kind

    ## Source
    Kubernetes documentation, "Versions in CustomResourceDefinitions", section "Version deprecation".
    """

    severity = Severity.WARNING
    group = Group.DEPRECATION

    def check(self, subject: CustomResource, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each place where this holds."""
        for version in versions_of(graph, subject):
            mark = version.deprecated
            if mark is None or subject.api_version is None:
                continue
            newer = [other.name.text for other in versions(version.definition) if other.name and not other.deprecated]
            yield self.finding(
                f"`{subject.api_version.text}` {subject.kind} is deprecated by its definition",
                subject.api_version,
                "the API server warns about this version",
                related=[(mark, "deprecated here")],
                help=f"move to `{subject.group}/{newer[-1]}`" if newer else "see the project of the definition",
                note=version.node.text_at("deprecationWarning"),
                subject=subject,
            )
            return
