"""compose/no-image."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.suggest import did_you_mean, nearest
from kubelint.systems.compose.model import ComposeService


class NoImage(Rule[ComposeService]):
    """A service has neither `image` nor `build`, so Compose does not know what to run and refuses the project.

    ## Why
    Often the service of an override has a slip in its name: it patches nothing and is a service of its own, without
    an image.

    ## Example
    ```yaml compose.yaml
    services:
      cache:
        restart: unless-stopped
        ports:
          - "6379:6379"
    ```

    ## Stays silent when
    - a base, an override, an included file or the service that it extends gives the image
    - another compose file of the folder, or of a folder above, does: the two may be combined with `-f`
    - the file has a name that Compose does not look for: it may be made to lie over another one
    - the service has a `provider`

    ## Source
    Compose Specification, "image"; ``checkConsistency`` of compose-go.
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS

    def check(self, subject: ComposeService, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for a service whose container nobody describes."""
        del graph
        if not subject.lacks_source or any(nearest(key.text, ("image", "build")) for key, _ in subject.root.pairs()):
            return  # a misspelt `image` is a finding of its own
        near = nearest(subject.name, (name for name in subject.project.services if name != subject.name))
        related = [(subject.project.services[name].node, f"`{name}` is defined here") for name in near]
        yield self.finding(
            f"service `{subject.name}` has neither an image nor a build",
            subject.node,
            did_you_mean(near) or "nothing says what to run",
            related=related,
            help=f"write `{near[0]}`, or add `image:` or `build:`" if near else "add `image:` or `build:`",
            subject=subject,
        )
