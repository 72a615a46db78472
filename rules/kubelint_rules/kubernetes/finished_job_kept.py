"""kubernetes/finished-job-kept."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.model import Job
from kubelint.systems.kubernetes.resource_requirements import has

#: Annotations and labels by which something else removes the Job or takes it over.
HOOKS = ("helm.sh/hook", "argocd.argoproj.io/hook", "kustomize.toolkit.fluxcd.io/force")


class FinishedJobKept(Rule[Job]):
    """A Job has no `ttlSecondsAfterFinished`: it and its pods stay after it has finished.

    ## Why
    Nobody removes a Job that no CronJob owns. Each of them keeps its pods, which load the API server and hide what
    matters in every listing; applying a changed one fails, because its template cannot be changed.

    ## Example
    ```yaml migrate.yaml
    apiVersion: batch/v1
    kind: Job
    metadata:
      name: migrate
    spec:
      template:
        spec:
          restartPolicy: Never
          containers:
          - name: migrate
            image: ghcr.io/example/migrate:1.4.0
    ```

    ## Stays silent when
    - the Job is the hook of a Helm release or of Argo CD, or Flux replaces it by force: they remove it themselves
    - it is a CronJob's: its history limits count

    Under a controller that applies the repository again and again (Flux, Argo CD) a Job that removes itself is made
    again: use its hooks there, or ignore this rule.

    ## Source
    Kubernetes documentation, "Automatic Cleanup for Finished Jobs".
    """

    severity = Severity.INFO
    group = Group.RELIABILITY

    def check(self, subject: Job, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for a Job that stays."""
        del graph
        if has(subject.root, "spec", "ttlSecondsAfterFinished") or any(subject.annotation(name) for name in HOOKS):
            return
        yield self.finding(
            f"Job `{subject.name}` stays after it has finished",
            subject.name_node or subject.node,
            "`ttlSecondsAfterFinished` is not set",
            help="set `ttlSecondsAfterFinished`",
            subject=subject,
        )
