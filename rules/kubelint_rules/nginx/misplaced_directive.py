"""nginx/misplaced-directive."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.nginx.grammar import Fault, faults, in_words
from kubelint.systems.nginx.model import MAIN, NginxConfiguration

_MOST_NAMED = 4


class MisplacedDirective(Rule[NginxConfiguration]):
    """A directive stands in a block where nginx does not allow it, so nginx does not start.

    ## Why
    nginx stops with "directive is not allowed here". A file for `conf.d` is read inside of `http`; where it replaces
    `/etc/nginx/nginx.conf` itself, the `http` around it is missing.

    ## Example
    ```yaml compose.yaml
    services:
      web:
        image: nginx:1.27
        volumes:
          - ./site.conf:/etc/nginx/nginx.conf:ro
    ```
    ```nginx site.conf
    server {
        listen 80;
        root /usr/share/nginx/html;
    }
    ```

    ## Stays silent when
    - it is not known where nginx reads the file
    - the directive is not one of nginx itself

    ## Source
    "Context" of each directive in the nginx documentation.
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS

    def check(self, subject: NginxConfiguration, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each directive that stands where it may not; the first one of a kind in a block."""
        del graph
        seen: set[tuple[int, str]] = set()
        for wrong in faults(subject):
            if wrong.fault is not Fault.MISPLACED or wrong.context is None:
                continue
            directive = wrong.directive
            place = (id(directive.parent), directive.name.text)
            if place in seen:
                continue
            seen.add(place)
            allowed = ", ".join(in_words(context) for context in wrong.allowed[:_MOST_NAMED])
            label, help_text = f"this is {in_words(wrong.context)}", f"it may stand in {allowed}"
            target = next((each for each in subject.targets if each.endswith("/nginx.conf")), None)
            if wrong.context == MAIN and target is not None and "http" in wrong.allowed:
                label = f"this file is the `{target}` of a container, where `http` must stand around it"
                help_text = (
                    "put it at `/etc/nginx/conf.d/default.conf`, or write `events {}` and `http { … }` around it"
                )
            yield self.finding(
                f"`{directive.name.text}` is not allowed in {in_words(wrong.context)}",
                directive.name,
                label,
                help=help_text,
                subject=subject,
            )
