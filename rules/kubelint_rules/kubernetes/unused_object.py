"""kubernetes/unused-object."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.model import KubernetesObject, Secret
from kubelint.systems.kubernetes.usage import is_discoverable, is_mentioned, runs_beside

KINDS = frozenset({"ConfigMap", "Secret", "PersistentVolumeClaim", "ServiceAccount", "Role"})
#: Types of Secrets that the cluster or a tool reads by their type.
READ_BY_TYPE = ("kubernetes.io/service-account-token", "bootstrap.kubernetes.io/token", "helm.sh/release.v1")
#: Namespaces whose objects the cluster's own components look up by name.
OF_THE_CLUSTER = frozenset({"kube-system", "kube-public"})


class UnusedObject(Rule[KubernetesObject]):
    """A ConfigMap, Secret, claim, ServiceAccount or Role is used by nothing in the repository.

    ## Why
    Left behind when the workload moved on. A Secret that nobody reads is still worth stealing, a claim still costs its
    disk, and the next reader takes the ConfigMap for the one in effect.

    ## Example
    ```yaml web.yaml
    apiVersion: v1
    kind: ConfigMap
    metadata:
      name: web-settings-old
    data:
      COLOUR: blue
    ---
    apiVersion: v1
    kind: Pod
    metadata:
      name: web
    spec:
      containers:
      - name: web
        image: nginx:1.27
    ```

    ## Stays silent when
    - the name stands anywhere else in the configuration files: in an argument, a URL, a comment, another system's file
    - the object has a label or annotation by which a sidecar or a controller may find it, or a custom resource is
      applied with it, whose operator may know the name
    - nothing beside it runs pods: then it is meant for something that lives elsewhere
    - a part of the unit could not be read, the namespace is `kube-system` or `kube-public`, or the Secret is of a type
      that the cluster reads itself

    ## Source
    Kubernetes documentation, "ConfigMaps", "Secrets", "Service Accounts" (how pods refer to them).
    """

    severity = Severity.INFO
    group = Group.DRIFT

    def check(self, subject: KubernetesObject, graph: Graph) -> Iterator[Finding]:
        """Yield a finding at the name of an object that nothing mentions."""
        if subject.kind not in KINDS or subject.group not in ("", "rbac.authorization.k8s.io"):
            return
        if subject.namespace in OF_THE_CLUSTER or subject.name_node is None or subject.name_node.opaque:
            return
        if isinstance(subject, Secret) and subject.root.text_at("type") in READ_BY_TYPE:
            return
        if not runs_beside(graph, subject) or is_discoverable(graph, subject) or is_mentioned(graph, subject):
            return
        yield self.finding(
            f"{subject.kind} `{subject.name}` is used by nothing",
            subject.name_node,
            "the name stands nowhere else",
            help="remove it; where something outside of the repository uses it, say so in a comment or ignore it here",
            subject=subject,
        )
