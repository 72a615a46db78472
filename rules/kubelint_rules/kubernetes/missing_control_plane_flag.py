"""kubernetes/missing-control-plane-flag."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.options import option
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.control_plane import command_line, flag_problems
from kubelint.systems.kubernetes.pod import Container
from kubelint.systems.kubernetes.pod_security import target_version


class MissingControlPlaneFlag(Rule[Container]):
    """A component of the control plane is started without a flag that closes it.

    ## Why
    Several defaults are older than the advice of today: requests of nobody in particular are answered, Secrets are
    stored in plain text, and nobody keeps a record.

    ## Example
    ```yaml kube-scheduler.yaml
    apiVersion: v1
    kind: Pod
    metadata:
      name: kube-scheduler
      namespace: kube-system
    spec:
      hostNetwork: true
      containers:
      - name: kube-scheduler
        image: registry.k8s.io/kube-scheduler:v1.34.1
        command:
        - kube-scheduler
        - --kubeconfig=/etc/kubernetes/scheduler.conf
    ```

    ## Stays silent when
    - the container runs no component of the control plane
    - the flag does not exist in the targeted version of Kubernetes
    - the value is only known later (a template, a placeholder, `$(VARIABLE)`)
    - another flag says the same (`--authorization-config` instead of `--authorization-mode`)
    - the flag is listed in the option `ignore`
    - settings may stand elsewhere: in a file (`--config`, `--config-file`), or for etcd in `ETCD_…` variables

    ## Source
    Kubernetes documentation, command-line references of kube-apiserver, kube-controller-manager, kube-scheduler and
    kubelet; etcd documentation, "Configuration options".
    """

    severity = Severity.WARNING
    group = Group.SECURITY

    @dataclass(frozen=True, slots=True)
    class Options:
        """What is not looked at."""

        ignore: tuple[str, ...] = option((), "Names of flags that are left alone, without dashes.")

    def check(self, subject: Container, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each flag that is missing."""
        line = command_line(subject)
        if line is None:
            return
        for problem in flag_problems(line, target_version(graph)):
            if problem.missing and self.options.ignore.count(problem.check.flags[0]) == 0:
                yield self.finding(
                    f"{line.component.name} lacks {problem.said}",
                    problem.span,
                    problem.check.label,
                    help=problem.check.help,
                    subject=subject.owner,
                )
