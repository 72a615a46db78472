"""nginx/wrong-arguments."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.nginx.grammar import Fault, faults
from kubelint.systems.nginx.model import NginxConfiguration


class WrongArguments(Rule[NginxConfiguration]):
    """A directive has the wrong number or kind of arguments, so nginx does not start.

    ## Why
    nginx stops with "invalid number of arguments", 'it must be "on" or "off"' or 'has no opening "{"'. Often a `;` is
    missing: the next line is then read as further arguments.

    ## Example
    ```nginx nginx.conf
    server {
        listen 80;
        gzip yes;
        location / { proxy_buffers 8; }
    }
    ```

    ## Stays silent when
    - the directive is not one of nginx itself
    - a variable stands where `on` or `off` is wanted

    ## Source
    "Syntax" of each directive in the nginx documentation.
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS

    def check(self, subject: NginxConfiguration, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each directive whose arguments nginx refuses."""
        del graph
        broken = {problem.span.line for problem in subject.tree.problems}
        for wrong in faults(subject):
            directive = wrong.directive
            if wrong.fault in (Fault.UNKNOWN, Fault.MISPLACED) or directive.name.span.line in broken:
                continue
            name, count = directive.name.text, len(directive.arguments)
            place, help_text = directive.name.span, f"see `{name}` in the documentation of nginx"
            if wrong.fault is Fault.FLAG:
                place = directive.arguments[0].span
                headline = f"`{name}` takes only `on` or `off`"
                label = f"this is `{directive.arguments[0].text}`"
                help_text = "write `on` or `off`"
            elif wrong.fault is Fault.NO_BLOCK:
                headline, label = f"`{name}` needs a block", "it ends with `;`"
                help_text = f"write `{name} {{ … }}`"
            elif wrong.fault is Fault.BLOCK:
                headline, label = f"`{name}` takes no block", "a `{` follows"
                help_text = "end it with `;`"
            else:
                shown = "no argument" if not count else "one argument" if count == 1 else f"{count} arguments"
                headline, label = f"`{name}` cannot have {shown}", "nginx stops here"
                if directive.span.line != directive.span.end_line:
                    label = "it goes on over several lines: is a `;` missing?"
            yield self.finding(headline, place, label, help=help_text, subject=subject)
