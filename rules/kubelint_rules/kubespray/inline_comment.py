"""kubespray/inline-comment."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Fix, Safety, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Rule
from kubelint.source import Span, TextEdit
from kubelint.systems.kubespray import declared
from kubelint.systems.kubespray.declared import CommentFault
from kubelint.systems.kubespray.model import Inventory


class InlineComment(Rule[Inventory]):
    """A comment behind a value of an INI inventory becomes part of it, or cuts it.

    ## Why
    Comments work differently on each kind of line. In a `:vars` section everything up to the end of the line is the
    value, comment included. On a host line `#` begins a comment even in the middle of a word, and `;` begins none: it
    is taken for one more variable, and Ansible drops the whole file.

    ## Example
    ```ini inventory/prod/inventory.ini
    [kube_control_plane]
    node1 ansible_host=10.0.0.11 ansible_password=x7#Qe ip=10.3.0.1

    [etcd]
    node1

    [kube_node]
    node2 ansible_host=10.0.0.12 ; the small one

    [all:vars]
    kube_pods_subnet=10.233.64.0/18 # default
    ```

    ## Stays silent when
    - `#` follows a space on a host line, a child group or a section header
    - the value is a number, `True`, a list or in quotes: Python takes the comment away
    - the value is in quotes and `#` is part of it

    ## Source
    Ansible, "ansible.builtin.ini inventory"; measured with ansible-core 2.18. Kubespray issue 5124.
    """

    fixable = True

    def check(self, inventory: Inventory, graph: Graph) -> Iterator[Finding]:
        """Report each comment that is none, in one of three ways."""
        del graph
        for comment in inventory.comments:
            if comment.fault is CommentFault.JOINED:
                yield self._joined(inventory, comment)
            elif comment.fault is CommentFault.CUT:
                yield self._cut(inventory, comment)
            else:
                yield self._refused(inventory, comment)

    def _joined(self, inventory: Inventory, comment: declared.InlineComment) -> Finding:
        file = comment.span.file
        start = comment.span.start
        while start > comment.line.start and file.text[start - 1] in " \t":
            start -= 1
        text = comment.span.text
        above = TextEdit(Span(file, comment.line.start, comment.line.start), text.replace(";", "#", 1) + "\n")
        edits = (above, TextEdit(Span(file, start, comment.line.end), ""))
        return self.finding(
            f"the comment is part of the value of `{comment.damaged.text}`",
            comment.span,
            "in a `:vars` section a value goes on to the end of the line",
            related=[(comment.damaged, "the variable")],
            help="put the comment on a line of its own",
            fix=Fix("move the comment above the line", edits, Safety.UNSAFE),
            subject=inventory,
        )

    def _cut(self, inventory: Inventory, comment: declared.InlineComment) -> Finding:
        lost = "=" in comment.span.text
        name = comment.damaged.text.partition("=")[0]
        return self.finding(
            f"`#` cuts `{name}` and the rest of the line" if lost else f"`#` cuts `{name}` here",
            comment.span,
            "on a host line `#` begins a comment even inside a word",
            related=[(comment.damaged, "all that Ansible reads of it")],
            help='put the value in quotes if `#` belongs to it: `name="a#b"`; else put a space before `#`',
            severity=None if lost else Severity.WARNING,
            subject=inventory,
        )

    def _refused(self, inventory: Inventory, comment: declared.InlineComment) -> Finding:
        mark = Span(comment.span.file, comment.span.start, comment.span.start + 1)
        return self.finding(
            "`;` begins no comment behind a name, so Ansible drops the whole inventory",
            comment.span,
            "taken for one more word of the line",
            help="begin the comment with `#`",
            note="Ansible only warns and goes on with no hosts; `ansible-inventory` still exits with 0",
            fix=Fix("begin the comment with `#`", (TextEdit(mark, "#"),), Safety.SAFE),
            subject=inventory,
        )
