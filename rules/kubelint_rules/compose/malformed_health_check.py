"""compose/malformed-health-check."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.compose.interpolate import literal
from kubelint.systems.compose.model import ComposeService
from kubelint.tree.node import Node, Scalar, Sequence

_FORMS = ("CMD", "CMD-SHELL", "NONE")
_OPERATORS = frozenset({"||", "&&", "|", ";", ">", "2>&1"})


class MalformedHealthCheck(Rule[ComposeService]):
    """A health check cannot work as it is written, so the service never becomes healthy, or Compose refuses it.

    ## Why
    A list begins with `CMD` (program and arguments), `CMD-SHELL` (one line for a shell) or `NONE`. Behind `CMD` there
    is no shell: a whole command line is taken for the name of a program, and `||` for an argument.

    ## Example
    ```yaml compose.yaml
    services:
      api:
        image: ghcr.io/example/api:1.4
        healthcheck:
          test: ["CMD", "curl -f http://localhost:8080/health || exit 1"]
    ```

    ## Stays silent when
    - the test is one text: Compose takes it for a line of a shell
    - a variable decides what the first word is

    ## Source
    Compose Specification, "healthcheck"; Dockerfile reference, "HEALTHCHECK".
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS

    def check(self, subject: ComposeService, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each part of a health check that cannot work."""
        del graph
        check = subject.root.mapping("healthcheck")
        if check is None:
            return
        test = check.get("test")
        if isinstance(test, Sequence) and test.items():
            yield from self._test(subject, test.items())
        start = check.key("start_interval")
        if start is not None and check.scalar("start_interval") is not None and check.scalar("start_period") is None:
            yield self.finding(
                "`start_interval` has no `start_period` that it could hold in",
                start,
                "the engine refuses the container",
                help="add `start_period:`, or remove `start_interval`",
                subject=subject,
            )

    def _test(self, subject: ComposeService, items: list[Node]) -> Iterator[Finding]:
        first, *others = items
        form = literal(first) if isinstance(first, Scalar) else None
        if not isinstance(first, Scalar) or form is None:
            return
        if form not in _FORMS:
            yield self.finding(
                f"a health check cannot begin with `{form}`",
                first,
                "Compose expects `CMD`, `CMD-SHELL` or `NONE` here",
                help="put `CMD` in front of it, or write the test as one text",
                subject=subject,
            )
            return
        words = [item for item in others if isinstance(item, Scalar)]
        if form == "CMD" and words:
            program = words[0].text.strip()
            operator = next((word for word in words if word.text in _OPERATORS), None)
            if len(words) == 1 and " " in program and not program.startswith("/") and "$" not in program:
                yield self.finding(
                    "the whole command is taken for the name of a program",
                    words[0],
                    "behind `CMD` each word is an item of its own",
                    help="write `CMD-SHELL` instead of `CMD`, or split the command",
                    subject=subject,
                )
            elif operator is not None and program.rpartition("/")[2] not in ("sh", "bash", "ash"):
                yield self.finding(
                    f"`{operator.text}` is an argument of `{program}`",
                    operator,
                    "behind `CMD` there is no shell",
                    help="write `CMD-SHELL` and the command as one text",
                    subject=subject,
                )
        elif form == "CMD-SHELL" and len(words) > 1:
            yield self.finding(
                "only the first text behind `CMD-SHELL` is the command",
                words[1],
                "the shell does not see this as a part of it",
                help="write the command as one text",
                subject=subject,
            )
