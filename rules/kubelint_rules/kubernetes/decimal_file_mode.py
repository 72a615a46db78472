"""kubernetes/decimal-file-mode."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.edits import replace_value
from kubelint.finding import Finding, Fix, Safety, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.file_modes import modes
from kubelint.systems.kubernetes.model import KubernetesObject


class DecimalFileMode(Rule[KubernetesObject]):
    """The mode of files is written in decimal, so it is another mode than it looks like.

    ## Why
    `defaultMode: 400` is the decimal number 400, which is 0620: not readable for others, but writable for the group.
    `644` is even above the largest mode, 511 (0777), and the object is rejected. In YAML an octal number begins with a
    0.

    ## Example
    ```yaml web.yaml
    apiVersion: v1
    kind: Pod
    metadata:
      name: web
    spec:
      containers:
      - name: web
        image: nginx:1.27
        volumeMounts:
        - name: key
          mountPath: /key
      volumes:
      - name: key
        secret:
          secretName: web-key
          defaultMode: 400
    ```

    ## Stays silent when
    - the number begins with a 0 (`0400`), or is a decimal one that means a common mode (256, 288, 292, 384, 416, 420,
      493)
    - it is a placeholder

    ## Source
    API reference, SecretVolumeSource and ConfigMapVolumeSource (`defaultMode`), KeyToPath (`mode`).
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS
    fixable = True
    keys = ("defaultMode", "mode")

    def check(self, subject: KubernetesObject, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each mode that looks octal and is not, and for each that is none."""
        for node, value in modes(graph, subject):
            octal = node.text if len(node.text) == 3 and set(node.text) <= set("01234567") else None
            if value > _LARGEST or (octal is not None and octal in _LOOKS_OCTAL):
                json = node.source.path.endswith(".json")
                meant = None if octal is None else str(int(octal, 8)) if json else f"0{octal}"
                edit = None if meant is None else replace_value(node, meant)
                yield self.finding(
                    f"the mode {node.text} is decimal" + ("" if value > _LARGEST else f": it means 0{value:o}"),
                    node,
                    f"above the largest mode, {_LARGEST} (0777)"
                    if value > _LARGEST
                    else "an octal number begins with a 0",
                    help=f"write `{meant}`" if meant else "write an octal number such as `0644`",
                    fix=None if edit is None else Fix(f"write `{meant}`", (edit,), Safety.UNSAFE),
                    severity=Severity.ERROR if value > _LARGEST else Severity.WARNING,
                    subject=subject,
                )


_LARGEST = 0o777
#: Decimal numbers that nobody would work out for a mode, and that are common modes in octal.
_LOOKS_OCTAL = frozenset({"400", "440", "444", "500", "550", "555"})
