"""Which directives nginx knows, where each may stand and what it takes.

Source: the masks of nginx's own source (see ``kubelint_schemas.nginx``); ``ngx_conf_handler`` for how they are used.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from kubelint.suggest import nearest
from kubelint.systems.nginx.model import MAIN, NginxConfiguration
from kubelint.tree.nginx import Directive
from kubelint_schemas import nginx as pack


class Fault(Enum):
    """What is wrong with a directive."""

    UNKNOWN = "no module has it"
    MISPLACED = "it may not stand there"
    NO_BLOCK = "a block has to follow"
    BLOCK = "no block may follow"
    FLAG = "only on and off are taken"
    COUNT = "too many or too few arguments"


@dataclass(frozen=True, slots=True, eq=False)
class GrammarFault:
    """A directive that nginx refuses.

    ``near`` are known names; ``context`` where it stands; ``allowed`` where it may.
    """

    fault: Fault
    directive: Directive
    context: str | None
    near: tuple[str, ...] = ()
    allowed: tuple[str, ...] = ()


#: Blocks whose lines are no directives but pairs of the user.
_PAIRS = frozenset({"map", "geo", "types", "split_clients", "charset_map", "match"})


def faults(configuration: NginxConfiguration) -> Iterator[GrammarFault]:
    """Yield what nginx refuses; each directive once."""
    known = pack.directives()
    for directive, context in configuration.contexts():
        if directive.parent is not None and directive.parent.name.text in _PAIRS:
            continue
        name = directive.name.text
        masks = known.get(name)
        if masks is None:
            near = [] if not name.replace("_", "").isalnum() else nearest(name, known)
            if near:
                yield GrammarFault(Fault.UNKNOWN, directive, context, tuple(near))
            continue
        fitting = masks
        if context is not None:
            fitting = tuple(mask for mask in masks if mask & pack.CONTEXTS[context])
            if not fitting:
                allowed = tuple(place for place, bit in pack.CONTEXTS.items() if any(mask & bit for mask in masks))
                yield GrammarFault(Fault.MISPLACED, directive, context, allowed=allowed)
                continue
        wrong = _arguments(directive, fitting)
        if wrong is not None:
            yield GrammarFault(wrong, directive, context)


def in_words(context: str) -> str:
    """Return the name of a context for a sentence."""
    if context == MAIN:
        return "the main part"
    return " in ".join(f"`{part}`" for part in reversed(context.split("/")))


def _arguments(directive: Directive, masks: tuple[int, ...]) -> Fault | None:
    count = len(directive.arguments)
    wrong: Fault | None = None
    for mask in masks:
        if bool(mask & pack.BLOCK) != (directive.block is not None):
            wrong = wrong or (Fault.NO_BLOCK if mask & pack.BLOCK else Fault.BLOCK)
        elif mask & pack.FLAG and count == 1 and not (mask & 0b10 and not mask & pack.FLAG):
            text = directive.arguments[0].text
            if text.lower() in ("on", "off") or "$" in text:
                return None
            wrong = Fault.FLAG
        elif (
            (count <= pack.MOST_COUNTED and mask >> count & 1)
            or mask & pack.ANY
            or (mask & pack.ONE_OR_MORE and count >= 1)
            or (mask & pack.TWO_OR_MORE and count >= 2)
        ):
            return None
        else:
            wrong = Fault.COUNT
    return wrong
