"""kubernetes/version-not-served."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Place, Rule
from kubelint.systems.kubernetes.definitions import definitions_of, versions, versions_of
from kubelint.systems.kubernetes.model import CustomResource


class VersionNotServed(Rule[CustomResource]):
    """An object is written in a version that the CustomResourceDefinition of the repository does not serve.

    ## Why
    The API server answers only under the versions with `served: true`. An object in another one is refused: there are
    `no matches for kind`.

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
    - the repository has no definition of the kind, or one that may belong to another cluster or stage
    - one of several definitions serves the version
    - the definition is broken or a placeholder

    ## Source
    Kubernetes documentation, "Versions in CustomResourceDefinitions", section "Specify multiple versions".
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS

    def check(self, subject: CustomResource, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each place where this holds."""
        node = subject.api_version
        definitions = definitions_of(graph, subject)
        if node is None or node.opaque or not definitions or any(found.unit.incomplete for found in definitions):
            return
        known = [version for definition in definitions for version in versions(definition)]
        if not known or any(version.name is None or version.name.opaque for version in known):
            return
        written = versions_of(graph, subject)
        if any(version.served for version in written):
            return
        served = [version.name for version in known if version.served and version.name is not None]
        related: list[tuple[Place, str]] = [
            (version.node.at("served") or version.node, "this version is not served") for version in written
        ] or [(name, "this version is served") for name in served[:3]]
        names = [f"{subject.group}/{name.text}" for name in served]
        yield self.finding(
            f"{subject.kind} is not served in `{node.text}`",
            node,
            "the API server has no such version",
            related=related,
            help=f"write `apiVersion: {names[-1]}`" if names else "serve the version in the definition",
            subject=subject,
        )
