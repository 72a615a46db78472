"""Values that kubespray refuses, and what they must be instead.

Source: ``roles/validate_inventory``, ``verify-settings`` and the ``check.yml`` of the network plugins.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from kubelint.suggest import nearest
from kubelint.systems.kubespray.effective import holds
from kubelint.systems.kubespray.model import Inventory
from kubelint.systems.kubespray.values import Variable
from kubelint.words import one_of
from kubelint_schemas import kubespray as releases
from kubelint_schemas.kubespray.settings import Setting, settings


class ValueFault(NamedTuple):
    """A value that kubespray refuses: what it must be in words, the value that was probably meant, when it is gone.

    ``gone`` says which releases know the value where others than those in question do: ``until 2.29``.
    """

    variable: Variable
    shown: str
    expected: str
    meant: str | None = None
    gone: str | None = None


def value_faults(inventory: Inventory) -> Iterator[ValueFault]:
    """Yield the values of the settings with a fixed set of values, a form or bounds, wherever they are set."""
    for name in inventory.assigned.keys() & settings().keys():
        setting = settings()[name]
        if setting.form == "boolean" or not holds(inventory, setting.only_if):
            continue
        for assignment in inventory.assigned[name]:
            fault = _fault(inventory, setting, assignment.variable)
            if fault is not None:
                yield fault


def text_booleans(inventory: Inventory) -> Iterator[Variable]:
    """Yield the variables that kubespray wants to be booleans and that are set to a text."""
    for name in inventory.assigned.keys() & settings().keys():
        setting = settings()[name]
        if setting.form != "boolean" or (setting.until is not None and inventory.releases.newest >= setting.until):
            continue
        for assignment in inventory.assigned[name]:
            if isinstance(assignment.variable.data, str):
                yield assignment.variable


def _fault(inventory: Inventory, setting: Setting, variable: Variable) -> ValueFault | None:
    data = variable.data
    if data is None or data == "":
        return None  # null, a template, or nothing, which is what the defaults of most settings are
    text = str(data).lower() if isinstance(data, bool) else str(data)
    if setting.choices:
        return _choice_fault(inventory, setting, variable, text)
    if _fits(setting, variable, text):
        return None
    return ValueFault(variable, text, setting.described)


def _choice_fault(inventory: Inventory, setting: Setting, variable: Variable, text: str) -> ValueFault | None:
    span = inventory.releases
    known = [choice.value for choice in setting.choices if choice.known_in(span.oldest, span.newest)]
    if text in known:
        return None
    other = next((choice for choice in setting.choices if choice.value == text), None)
    gone = None
    if other is not None:
        ended = other.until is not None and other.until <= span.oldest
        gone = f"kubespray {other.until} removed it" if ended else f"kubespray has it since {other.since}"
    elif span.newest > releases.newest():
        return None  # a release that the data does not know may take it
    near = [value for value in known if value.lower() == text.lower()] or nearest(text, known)
    return ValueFault(variable, text, one_of(known), near[0] if len(near) == 1 else None, gone)


def _fits(setting: Setting, variable: Variable, text: str) -> bool:
    if setting.pattern is not None:
        return re.fullmatch(setting.pattern, text) is not None
    number = variable.number
    if setting.form == "mask":
        return number is not None and number > 0 and number & (number + 1) == 0
    if setting.minimum is None or setting.maximum is None:
        return True
    return number is not None and setting.minimum <= number <= setting.maximum
