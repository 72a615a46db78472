"""kubernetes/default-namespace."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.options import option
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.model import ConfigurationFile, CustomResource, KubernetesObject

#: Objects that the cluster itself keeps in `default`.
OF_THE_CLUSTER = frozenset({("Service", "kubernetes"), ("Endpoints", "kubernetes"), ("ServiceAccount", "default")})
#: Kinds that rule a namespace and so must be in it.
RULING = frozenset({"Role", "RoleBinding", "NetworkPolicy", "LimitRange", "ResourceQuota"})


class DefaultNamespace(Rule[KubernetesObject]):
    """An object is put into the namespace `default`.

    ## Why
    What lives in `default` shares quotas, network policies, roles and names with whatever was ever applied without a
    thought of a namespace.

    ## Example
    ```yaml web.yaml
    apiVersion: v1
    kind: ConfigMap
    metadata:
      name: web
      namespace: default
    data:
      COLOUR: blue
    ```

    ## Stays silent when
    - no namespace is written down: a kustomization, a chart or `kubectl -n` gives it (`unset: true` reports it too)
    - the kind has no namespace, or the object is one that the cluster itself keeps there (Service `kubernetes`)
    - the object rules the namespace, whatever runs there: Role, RoleBinding, NetworkPolicy, LimitRange, ResourceQuota

    ## Source
    Kubernetes documentation, "Namespaces", section "Initial namespaces".
    """

    severity = Severity.INFO
    group = Group.STYLE

    @dataclass(frozen=True, slots=True)
    class Options:
        """What counts."""

        unset: bool = option(default=False, description="Also report objects for which nothing names a namespace.")

    def check(self, subject: KubernetesObject, graph: Graph) -> Iterator[Finding]:
        """Yield a finding at the namespace, or at the name of an object that has none."""
        del graph
        if subject.cluster_scoped or isinstance(subject, ConfigurationFile):
            return
        if subject.kind in RULING or (subject.kind, subject.name) in OF_THE_CLUSTER:
            return
        node = subject.namespace_node
        if node is not None and node.text == "default" and subject.namespace == "default":
            yield self.finding(
                f"{subject.kind} `{subject.name}` is in the namespace `default`",
                node,
                help="give it a namespace of its own",
                subject=subject,
            )
        # Of a custom resource nobody knows whether it has a namespace at all.
        elif self.options.unset and node is None and not subject.namespace and not isinstance(subject, CustomResource):
            yield self.finding(
                f"{subject.kind} `{subject.name}` names no namespace",
                subject.name_node or subject.node,
                "goes to whatever namespace is the current one",
                help="set `metadata.namespace`",
                subject=subject,
            )
