"""docker/broken-exec-form."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.docker.model import Dockerfile

_EXEC_FORM = frozenset({"CMD", "ENTRYPOINT", "RUN", "SHELL", "COPY", "ADD", "VOLUME"})
#: A list of words: `[ -f x ]` of a shell has blanks behind the bracket and no commas.
_LIST = re.compile(
    r"""\[\s*+(?:'[^']*+'|"[^"]*+"|[\w./=-]++)(?:\s*+(?:,\s*+)?(?:'[^']*+'|"[^"]*+"|[\w./=:-]++))*+\s*+,?\s*+\]?\s*+\Z"""
)
#: `[ "$a" = "b" ]`: the brackets of a test stand apart, and no comma is in it.
_SHELL_TEST = re.compile(r"\[\s[^,]*\s\]\s*\Z")
_LONGEST = 2000


class BrokenExecForm(Rule[Dockerfile]):
    """A command looks like a JSON array but is none, so the shell runs it as it stands and fails.

    ## Why
    The exec form needs double quotes, commas and both brackets. Anything else is taken for the shell form: the
    container starts `/bin/sh -c "['npm', 'start']"` and stops with "not found".

    ## Example
    ```dockerfile Dockerfile
    FROM node:22-slim
    CMD ['npm', 'start']
    ```

    ## Stays silent when
    - it is a JSON array of strings
    - it is a test of the shell: `[ -f /ready ] && start`

    ## Source
    Dockerfile reference, "Shell and exec form".
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS

    def check(self, subject: Dockerfile, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each array that Docker does not read as one."""
        del graph
        for outer in subject.tree.instructions:
            instruction = outer.nested or outer
            rest = instruction.rest
            if rest is None or instruction.exec_form or instruction.name not in _EXEC_FORM:
                continue
            text = rest.text
            if not text.startswith("[") or len(text) > _LONGEST or not ("'" in text or '"' in text or "," in text):
                continue
            if _LIST.match(text) is None or _SHELL_TEST.match(text):
                continue
            wrong = (
                "JSON takes double quotes only"
                if "'" in text
                else "it is not JSON: a comma, quote or bracket is missing or too many"
            )
            yield self.finding(
                f"this `{instruction.name}` is no exec form, so a shell runs it",
                rest.span.first_line(),
                wrong,
                help='write it like `["program", "argument"]`',
                subject=subject,
            )
