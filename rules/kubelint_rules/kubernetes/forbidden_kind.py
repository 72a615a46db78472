"""kubernetes/forbidden-kind."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.options import option
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.model import ConfigurationFile, KubernetesObject


class ForbiddenKind(Rule[KubernetesObject]):
    """An object is of a kind that the configuration forbids.

    ## Why
    Some kinds are not for every repository: Secrets belong into a vault, ClusterRoles to the platform team. Says
    nothing until `kinds` is set.

    ## Example
    ```yaml .kubelint.yaml
    rules:
      options:
        kubernetes/forbidden-kind:
          kinds: [Secret, rbac.authorization.k8s.io/ClusterRole*]
    ```
    ```yaml role.yaml
    apiVersion: rbac.authorization.k8s.io/v1
    kind: ClusterRole
    metadata:
      name: deployer
    rules:
    - apiGroups: [apps]
      resources: [deployments]
      verbs: [get, list, patch]
    ```

    ## Stays silent when
    - nothing is configured
    - the object is of another group than a name with a group asks for

    ## Source
    Kubernetes documentation, "Understanding Kubernetes Objects" (`apiVersion`, `kind`).
    """

    severity = Severity.WARNING
    group = Group.STYLE

    @dataclass(frozen=True, slots=True)
    class Options:
        """What is forbidden."""

        kinds: tuple[str, ...] = option(
            (), "Kinds that are forbidden: `Kind`, `group/Kind` or `group/version/Kind`; globs."
        )

    def check(self, subject: KubernetesObject, graph: Graph) -> Iterator[Finding]:
        """Yield a finding at the kind."""
        del graph
        kind = subject.kind_node
        if not self.options.kinds or kind is None or isinstance(subject, ConfigurationFile):
            return
        version = subject.root.text_at("apiVersion") or ""
        names = (kind.text, f"{subject.group}/{kind.text}", f"{version}/{kind.text}")
        ban = next((ban for ban in self.options.kinds if any(fnmatchcase(name, ban) for name in names)), None)
        if ban is not None:
            yield self.finding(
                f"{kind.text} `{subject.name}` is of a forbidden kind",
                kind,
                f"the configuration forbids `{ban}`",
                help="keep it elsewhere, or make it another kind",
                subject=subject,
            )
