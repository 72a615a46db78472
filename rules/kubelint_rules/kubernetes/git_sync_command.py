"""kubernetes/git-sync-command."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.pod import Container


class GitSyncCommand(Rule[Container]):
    """git-sync is told which program to run as git (`GITSYNC_GIT`).

    ## Why
    Whoever may set the variable, or push to what it names, runs a program of his own with the rights and the
    credentials of git-sync.

    ## Example
    ```yaml pod.yaml
    apiVersion: v1
    kind: Pod
    metadata:
      name: sync
    spec:
      containers:
      - name: git-sync
        image: registry.k8s.io/git-sync/git-sync:v4.3.0
        env:
        - name: GITSYNC_GIT
          value: /tools/git-wrapper
    ```

    ## Stays silent when
    - other variables of git-sync are set (`GITSYNC_REPO` …)

    ## Source
    git-sync manual, flag `--git` and variable `GITSYNC_GIT`.
    """

    severity = Severity.WARNING
    group = Group.SECURITY
    keys = ("env",)

    def check(self, subject: Container, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for the variable."""
        del graph
        for entry in subject.environment:
            name = entry.scalar("name")
            if name is not None and name.text == "GITSYNC_GIT":
                yield self.finding(
                    f"container `{subject.label}` lets a variable choose the program that runs as git",
                    entry.scalar("value") or name,
                    "runs in the place of git",
                    related=[(name, "is read by git-sync")] if entry.scalar("value") is not None else [],
                    help="remove the variable, and put the program into the image",
                    subject=subject.owner,
                )
