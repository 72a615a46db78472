"""kubernetes/owner-reference-in-file."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.model import KubernetesObject


class OwnerReferenceInFile(Rule[KubernetesObject]):
    """A manifest names an owner by its `uid`, which is another one in every cluster.

    ## Why
    The garbage collector deletes an object whose owner does not exist. Such references come along when an object is
    exported from a cluster with `kubectl get -o yaml`.

    ## Example
    ```yaml web.yaml
    apiVersion: v1
    kind: ConfigMap
    metadata:
      name: web-conf
      ownerReferences:
      - apiVersion: apps/v1
        kind: Deployment
        name: web
        uid: 5f0c2f3e-6c0e-4f0e-9a53-1f6f7c5c9a11
    data:
      LOG_LEVEL: info
    ```

    ## Stays silent when
    - the `uid` is a placeholder, which a program fills in

    ## Source
    Kubernetes documentation, "Owners and Dependents"; "Garbage Collection".
    """

    severity = Severity.WARNING
    group = Group.SUSPICIOUS
    keys = ("ownerReferences",)

    def check(self, subject: KubernetesObject, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for the first owner that is named by a uid."""
        del graph
        for owner in subject.root.items_at("metadata", "ownerReferences"):
            uid = owner.scalar("uid")
            if uid is None or uid.opaque:
                continue
            metadata = subject.root.at("metadata")
            key = None if metadata is None else metadata.key("ownerReferences")
            yield self.finding(
                f"{subject.kind} `{subject.name}` has an owner by its uid",
                uid,
                "no other cluster has an object with this uid",
                related=[] if key is None else [(key, "the controller writes this itself")],
                help="remove `ownerReferences` from the file",
                subject=subject,
            )
            return
