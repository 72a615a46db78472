"""layers/version-drift."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.containers import ImageUse, is_known
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.image import parse_image

_MOST_PLACES = 6


class VersionDrift(Rule[Graph]):
    """One image runs with different tags in a pipeline, a compose file and a cluster.

    ## Why
    What was tested is not what runs: a pipeline that tests against PostgreSQL 14, a compose file with 15 and a cluster
    with 16 each show other mistakes.

    ## Example
    ```yaml compose.yaml
    services:
      db:
        image: postgres:15
    ```
    ```yaml .drone.yml
    kind: pipeline
    type: docker
    name: test
    steps:
      - name: test
        image: golang:1.25
        commands: [go test ./...]
    services:
      - name: db
        image: postgres:14
    ```

    ## Stays silent when
    - two systems have one tag in common: further versions beside it are on purpose
    - a tag is not written, or holds a variable

    ## Source
    "Dev/prod parity" of The Twelve-Factor App.
    """

    severity = Severity.INFO
    group = Group.DRIFT

    def check(self, subject: Graph, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each system whose tags of an image are all others than those of the first one."""
        del subject
        for name, systems in _uses(graph).items():
            (_, first), *others = systems.items()
            for _, other in others:
                if first.keys() & other.keys():
                    continue
                tag, use = next(iter(other.items()))
                related = [(each.node, f"{each.place} runs `{one}`") for one, each in first.items()]
                yield self.finding(
                    f"`{name.rpartition('/')[2]}` runs as `{next(iter(first))}` and as `{tag}`",
                    use.node,
                    f"{use.place} runs `{tag}`",
                    related=related[:_MOST_PLACES],
                    help="use one version everywhere",
                    subject=use.resource,
                )


def _uses(graph: Graph) -> dict[str, dict[str, dict[str, ImageUse]]]:
    """Return the uses of images by name, system and tag; of equal ones the first."""
    found: dict[str, dict[str, dict[str, ImageUse]]] = {}
    for use in graph.subjects(ImageUse):
        if is_known(use.node.text):
            image = parse_image(use.node.text)
            if image.tag is not None:
                systems = found.setdefault(str(image), {})
                systems.setdefault(use.resource.key.system, {}).setdefault(image.tag, use)
    return found
