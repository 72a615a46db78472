"""nginx/unknown-directive."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Fix, Safety, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.source import TextEdit
from kubelint.suggest import did_you_mean
from kubelint.systems.nginx.grammar import Fault, faults
from kubelint.systems.nginx.model import NginxConfiguration


class UnknownDirective(Rule[NginxConfiguration]):
    """A directive is almost one that nginx knows, so nginx stops with "unknown directive".

    ## Why
    nginx reads all of its configuration before it starts, and one word that no module knows stops it.

    ## Example
    ```nginx nginx.conf
    server {
        listn 80;
        root /usr/share/nginx/html;
    }
    ```

    ## Stays silent when
    - no known name is similar: it may belong to a module that is not part of nginx

    ## Source
    "Alphabetical index of directives" of the nginx documentation.
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS
    fixable = True

    def check(self, subject: NginxConfiguration, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each slip in the name of a directive."""
        del graph
        for wrong in faults(subject):
            if wrong.fault is Fault.UNKNOWN:
                name, near = wrong.directive.name, list(wrong.near)
                fix = None
                if len(near) == 1:
                    fix = Fix(f"replace `{name.text}` with `{near[0]}`", (TextEdit(name.span, near[0]),), Safety.UNSAFE)
                yield self.finding(
                    f"nginx has no directive `{name.text}`",
                    name,
                    did_you_mean(near),
                    help=f"write `{near[0]}`",
                    fix=fix,
                    subject=subject,
                )
