"""kubernetes/permissive-pod-security-policy."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.model import KubernetesObject
from kubelint.systems.kubernetes.security_context import is_false, is_true
from kubelint.tree.node import Node, Scalar

#: Fields that must not be true, and what they allow.
_SWITCHES = {
    "privileged": "privileged containers",
    "hostPID": "the process table of the node",
    "hostIPC": "the memory segments of the node",
    "hostNetwork": "the network of the node",
}


class PermissivePodSecurityPolicy(Rule[KubernetesObject]):
    """A PodSecurityPolicy allows what it was made to forbid.

    ## Why
    Each account that may `use` the policy starts such pods. (Clusters from 1.25 on have no PodSecurityPolicy: there
    the labels of namespaces decide.)

    ## Example
    ```yaml policy.yaml
    apiVersion: policy/v1beta1
    kind: PodSecurityPolicy
    metadata:
      name: agents
    spec:
      privileged: true
      allowPrivilegeEscalation: false
      requiredDropCapabilities: [ALL]
      runAsUser:
        rule: MustRunAsNonRoot
      seLinux:
        rule: RunAsAny
      supplementalGroups:
        rule: RunAsAny
      fsGroup:
        rule: RunAsAny
    ```

    ## Stays silent when
    - the policy forbids privileged containers, the namespaces of the node, escalation, root and added capabilities,
      and drops `ALL` or `NET_RAW`
    - the value is only known later (a template, a placeholder)

    ## Source
    Kubernetes 1.24 documentation, "Pod Security Policies".
    """

    severity = Severity.WARNING
    group = Group.SECURITY

    def check(self, subject: KubernetesObject, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each thing that the policy allows."""
        del graph
        if subject.kind != "PodSecurityPolicy":
            return
        for node, allowed in _allowed(subject):
            yield self.finding(
                f"PodSecurityPolicy `{subject.name}` allows {allowed}",
                node,
                "allows it",
                help="forbid it here, or move to the labels of Pod Security Admission",
                subject=subject,
            )


def _allowed(policy: KubernetesObject) -> Iterator[tuple[Node, str]]:
    """Yield each thing that a policy allows, with the node that does so."""
    spec = policy.root.at("spec")
    if spec is None:
        return
    for field, noun in _SWITCHES.items():
        switch = spec.scalar(field)
        if switch is not None and is_true(switch):
            yield switch, noun
    switch = spec.scalar("allowPrivilegeEscalation")
    if not is_false(switch) and not (switch is not None and switch.opaque):
        yield switch or policy.node, "privilege escalation"
    user = spec.scalar("runAsUser", "rule")
    if user is not None and user.text == "RunAsAny":
        yield user, "containers to run as root"
    added = [*spec.items_at("allowedCapabilities"), *spec.items_at("defaultAddCapabilities")]
    for item in added:
        if isinstance(item, Scalar) and not item.opaque:
            yield item, f"the capability `{item.text}`"
    dropped = {item.text for item in spec.items_at("requiredDropCapabilities") if isinstance(item, Scalar)}
    if dropped.isdisjoint({"ALL", "NET_RAW"}):
        yield spec.at("requiredDropCapabilities") or policy.node, "containers to forge packets (`NET_RAW`)"
