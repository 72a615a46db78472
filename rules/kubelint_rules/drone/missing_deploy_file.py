"""drone/missing-deploy-file."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.absent import in_submodule, is_ignored
from kubelint.graph.query import Graph
from kubelint.paths import join
from kubelint.rule import Group, Rule
from kubelint.suggest import did_you_mean, nearest
from kubelint.systems.drone.deployments import Script


class MissingDeployFile(Rule[Script]):
    """A command of a step applies a file or folder that is not in the repository.

    ## Why
    `kubectl apply -f`, `kustomize build`, `helm upgrade` and `docker compose -f` stop where the path leads nowhere. The
    step is the last one of its pipeline, so it shows after everything else was done.

    ## Example
    ```yaml .drone.yml
    kind: pipeline
    type: docker
    name: deploy
    steps:
      - name: apply
        image: bitnami/kubectl:1.32
        commands:
          - kubectl apply -f deploy/checkout.yml
    ```
    ```yaml deploy/checkout.yaml
    apiVersion: v1
    kind: ConfigMap
    metadata:
      name: checkout
    ```

    ## Stays silent when
    - commands before may make the file, unless the name is a near miss
    - the path is a URL, absolute or a pattern, or holds a variable
    - the commands run on another machine, or in a folder that is not known
    - git ignores the path, or it lies in a submodule

    ## Source
    The reference of kubectl, kustomize, Helm and Docker Compose on the command line.
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS

    def check(self, subject: Script, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each path that leads nowhere."""
        repository = graph.repository
        for use in subject.paths:
            path = join(use.folder, use.node.text)
            if path.startswith(("..", "/")) or repository.exists(path):
                continue
            folder, _, name = path.rpartition("/")
            near = nearest(name, repository.names(folder)) if repository.exists(folder) else []
            if not near and (use.produced or is_ignored(repository, path) or in_submodule(repository, path)):
                continue
            yield self.finding(
                f"`{use.node.text}` does not exist",
                use.node,
                did_you_mean(near) or f"`{use.command}` reads it",
                help=f"write the path of `{near[0]}`" if near else "mend the path, or add the file",
                subject=subject.step.pipeline,
            )
