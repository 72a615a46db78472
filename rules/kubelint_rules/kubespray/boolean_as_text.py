"""kubespray/boolean-as-text."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Fix, Safety
from kubelint.graph.query import Graph
from kubelint.rule import Rule
from kubelint.source import TextEdit
from kubelint.systems.kubespray.effective import is_waived
from kubelint.systems.kubespray.faults import text_booleans
from kubelint.systems.kubespray.model import Inventory
from kubelint.systems.kubespray.values import Variable
from kubelint.tree.dialect import PYYAML
from kubelint.tree.node import Scalar

_TRUTH = {"true": "true", "yes": "true", "on": "true", "1": "true"}
_FALSEHOOD = {"false": "false", "no": "false", "off": "false", "0": "false"}


class BooleanAsText(Rule[Inventory]):
    """A variable that kubespray wants to be true or false is a text.

    ## Why
    To Jinja every text is true, `"false"` too, so kubespray stops at "Stop if known booleans are set as strings". In an
    INI inventory values are Python literals: `true` is a text there, and only `True` is a boolean.

    ## Example
    ```ini inventory/prod/inventory.ini
    [kube_control_plane]
    node1 ansible_host=10.0.0.11

    [etcd]
    node1

    [kube_node]
    node2 ansible_host=10.0.0.12

    [all:vars]
    download_run_once=true
    ```

    ## Stays silent when
    - kubespray does not check the variable: most are read through the `bool` filter, which takes texts
    - `ignore_assert_errors` is set

    ## Source
    Kubespray, `roles/validate_inventory`: "Stop if known booleans are set as strings"; values of an INI inventory as
    measured with ansible-core 2.18.
    """

    fixable = True

    def check(self, inventory: Inventory, graph: Graph) -> Iterator[Finding]:
        """Report each checked variable that is a text, wherever it is set."""
        del graph
        if inventory.kubespray and not is_waived(inventory):
            for variable in text_booleans(inventory):
                yield self._finding(inventory, variable)

    def _finding(self, inventory: Inventory, variable: Variable) -> Finding:
        node = variable.value
        ini = variable.dialect is not PYYAML
        text = str(variable.data)
        word = _TRUTH.get(text.lower()) or _FALSEHOOD.get(text.lower())
        written = word.capitalize() if word and ini else word
        fix = None
        if written is not None and isinstance(node, Scalar):
            fix = Fix(f"write `{written}`", (TextEdit(node.span, written),), Safety.SAFE)
        label = "in an INI inventory only `True` and `False` are booleans" if ini else "the quotes make it a text"
        return self.finding(
            f"`{variable.name}` is the text `{text[:20]}`, so kubespray stops",
            node,
            label if word else "this is a text",
            help=f"write `{written}`" if written else "write `true` or `false`",
            fix=fix,
            subject=inventory,
        )
