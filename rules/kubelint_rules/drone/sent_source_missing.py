"""drone/sent-source-missing."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Fix, Safety, Severity
from kubelint.graph.containers import is_known
from kubelint.graph.query import Graph
from kubelint.paths import normalise
from kubelint.rule import Group, Rule
from kubelint.source import TextEdit
from kubelint.suggest import did_you_mean, nearest
from kubelint.systems.drone.deployments import SentFiles
from kubelint.tree.node import Scalar


class SentSourceMissing(Rule[SentFiles]):
    """A step copies a path to another machine that is not in the repository.

    ## Why
    `drone-scp` packs what it finds and goes on without what it does not find: the step is green, and the file is
    missing on the machine. Paths are relative to the workspace, which is the repository's root.

    ## Example
    ```yaml .drone.yml
    kind: pipeline
    type: docker
    name: deploy
    steps:
      - name: send
        image: appleboy/drone-scp
        settings:
          host: example.com
          username: deploy
          key: {from_secret: ssh_key}
          target: /srv/site
          source: [public, Dokerfile]
    ```
    ```dockerfile Dockerfile
    FROM nginx:1.27
    COPY public /usr/share/nginx/html
    ```
    ```html public/index.html
    <h1>Hello</h1>
    ```

    ## Stays silent when
    - a step before runs commands or a plugin, which may make the file, unless the name is a near miss
    - the path is a pattern, is absolute, holds a variable, or git ignores it

    ## Source
    Documentation of the plugin drone-scp, "source".
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS
    fixable = True

    def check(self, subject: SentFiles, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each path that is not there and that nothing makes."""
        from kubelint.graph.absent import in_submodule, is_ignored

        repository = graph.repository
        for node in subject.sources:
            text = node.text
            if not is_known(text) or text.startswith("/") or any(mark in text for mark in "*?[!"):
                continue
            path = normalise(text)
            if path.startswith("..") or repository.exists(path):
                continue
            folder, _, name = path.rpartition("/")
            near = nearest(name, repository.names(folder)) if repository.exists(folder) else []
            sent = {normalise(other.text) for other in subject.sources}
            near = [each for each in near if (f"{folder}/{each}" if folder else each) not in sent]
            if not near and (subject.produced or is_ignored(repository, path) or in_submodule(repository, path)):
                continue
            yield self._finding(subject, node, name, near)

    def _finding(self, subject: SentFiles, node: Scalar, name: str, near: list[str]) -> Finding:
        fix = None
        start = node.text.rfind(name)
        span = node.part(start, start + len(name))
        if len(near) == 1 and span.text == name:
            fix = Fix(f"replace `{name}` with `{near[0]}`", (TextEdit(span, near[0]),), Safety.UNSAFE)
        return self.finding(
            f"`{node.text}` is not there to be sent",
            node,
            did_you_mean(near) or "no file of the repository, and no step before makes one",
            help=f"write `{near[0]}`" if near else "add the file, or remove it here",
            fix=fix,
            subject=subject.step.pipeline,
        )
