"""Expressions in CEL, evaluated as the API server does, within bounds.

The engine is Google's own (``cel-expr-python``, optional: ``pip install kubelint[cel]``). It bounds the depth of an
expression and the number of its iterations, and its regular expressions do not backtrack; what may still grow without
end, text that is doubled again and again, is not evaluated at all. What the engine lacks of Kubernetes' own libraries
makes an expression unknown, never wrong.

Source: Kubernetes documentation, "Common Expression Language in Kubernetes".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache
from importlib import import_module
from ipaddress import ip_address, ip_network
from typing import Any, TypeAlias
from urllib.parse import SplitResult, urlsplit

from kubelint.systems.kubernetes.quantity import parse_quantity

Data: TypeAlias = Any

LONGEST_EXPRESSION = 4_000
_LARGEST_GROWTH = 5_000_000
_DOUBLING = re.compile(r"\b(?:map|bind|transform\w*)\s*\(")
#: How the engine begins what it says: a status, and the place in the text.
_CODES = re.compile(r"\A(?:[A-Z][A-Z_]{2,30}: )?(?:ERROR: )?(?:<input>:\d{1,6}:\d{1,6}: )?")
_MULTIPLYING = re.compile(r"\b(?:replace|join|format|findAll|split)\s*\(")


class Expression:
    """A compiled expression."""

    __slots__ = ("_program", "_text")

    def __init__(self, text: str, program: Any) -> None:
        self._text = text
        self._program = program

    def holds(self, variables: Mapping[str, Data], size: int) -> bool | None:
        """Return whether the expression holds; None where it cannot be evaluated, or only without bounds.

        ``size`` is about how many values and characters the variables have.
        """
        value = self.value(variables, size)
        return value if isinstance(value, bool) else None

    def value(self, variables: Mapping[str, Data], size: int) -> Data:
        """Return what the expression evaluates to as plain data; None where :meth:`holds` has no answer."""
        try:
            return self.strict_value(variables, size)
        except ValueError:
            return None

    def strict_value(self, variables: Mapping[str, Data], size: int) -> Data:
        """Return what the expression evaluates to as plain data; raises :class:`ValueError` with the reason why not."""
        if _growth(self._text, size) > _LARGEST_GROWTH:
            raise ValueError("it may build too much for an object of this size")
        try:
            result = self._program.eval(data=dict(variables))
            if result.type() != _engine().Type.ERROR:
                return result.plain_value()
            reason = str(result.value())
        except (RuntimeError, ValueError, TypeError, OverflowError, RecursionError) as error:
            reason = str(error)
        raise ValueError(_reason(reason))


def available() -> bool:
    """Tell whether the engine is installed."""
    return _engine() is not None


def compile_expression(text: str, names: tuple[str, ...]) -> Expression | None:
    """Return an expression over variables; None where the engine is missing or does not understand it."""
    try:
        return strict_compile(text, names)
    except ValueError:
        return None


def strict_compile(text: str, names: tuple[str, ...]) -> Expression:
    """Return an expression over variables; raises :class:`ValueError` with the reason why it cannot be evaluated."""
    if len(text) > LONGEST_EXPRESSION:
        raise ValueError(f"it is longer than {LONGEST_EXPRESSION} characters")
    environment = _environment(names)
    if environment is None:
        raise ValueError("the engine for CEL is not installed")
    try:
        return Expression(text, environment.compile(text))
    except (RuntimeError, ValueError, TypeError, RecursionError) as error:
        raise ValueError(_reason(str(error))) from error


def _reason(text: str) -> str:
    """Return the first line of what the engine says, without its codes and its name for the input."""
    line = text.partition("\n")[0].removesuffix("]").rpartition(" [")[0] or text.partition("\n")[0]
    return _CODES.sub("", line).removesuffix(" (in container '')")


def _growth(text: str, size: int) -> int:
    """Return a bound for the size of what an expression may build: each step may repeat what the one before it made."""
    doubling, multiplying = len(_DOUBLING.findall(text)), len(_MULTIPLYING.findall(text))
    base = max(size, len(text), 1)
    if doubling + multiplying > 12:
        return _LARGEST_GROWTH + 1
    growth: int = (text.count("+") + 1) ** doubling * base**multiplying * base
    return growth


@cache
def _engine() -> Any:
    try:
        return import_module("cel_expr_python.cel")
    except ImportError:
        return None


@cache
def _environment(names: tuple[str, ...]) -> Any:
    engine = _engine()
    if engine is None:
        return None
    extensions = [
        getattr(import_module(f"cel_expr_python.ext.ext_{name.lower()}"), f"Ext{name}")()
        for name in ("Bindings", "Optional", "Strings")
    ]
    return engine.NewEnv(
        variables=dict.fromkeys(names, engine.Type.DYN), extensions=extensions, functions=_functions(engine)
    )


# -- Kubernetes' own libraries -----------------------------------------------------------------------------------------
# URLs, addresses and quantities stay texts: the variables have no static types, so only the answers matter.


def _functions(engine: Any) -> list[Any]:
    text, boolean, integer = engine.Type.STRING, engine.Type.BOOL, engine.Type.INT

    def declare(
        name: str, returns: Any, implementation: Callable[..., Any], parameters: int = 1, *, member: bool
    ) -> Any:
        overload = engine.Overload(
            f"kubernetes_{name}",
            return_type=returns,
            parameters=[text] * parameters,
            is_member=member,
            impl=implementation,
        )
        return engine.FunctionDecl(name, [overload])

    return [
        declare("isURL", boolean, lambda value: _url(value) is not None, member=False),
        declare("url", text, lambda value: _checked(value, _url(value)), member=False),
        declare("getScheme", text, lambda value: _parts(value).scheme, member=True),
        declare("getHost", text, lambda value: _parts(value).netloc.rpartition("@")[2], member=True),
        declare("getHostname", text, lambda value: _parts(value).hostname or "", member=True),
        declare("isIP", boolean, lambda value: _address(value) is not None, member=False),
        declare("ip", text, lambda value: _checked(value, _address(value)), member=False),
        declare("family", integer, lambda value: ip_address(value).version, member=True),
        declare("isCIDR", boolean, _is_network, member=False),
        declare("isQuantity", boolean, lambda value: parse_quantity(value) is not None, member=False),
        declare("quantity", text, lambda value: _checked(value, parse_quantity(value)), member=False),
        declare("isLessThan", boolean, lambda one, other: _compare(one, other) < 0, 2, member=True),
        declare("isGreaterThan", boolean, lambda one, other: _compare(one, other) > 0, 2, member=True),
        declare("compareTo", integer, _compare, 2, member=True),
    ]


def _checked(value: str, parsed: object) -> str:
    if parsed is None:
        raise ValueError("not of this type")
    return value


def _url(value: str) -> SplitResult | None:
    """Return the parts of a URL or of an absolute path, which is what Go's ``ParseRequestURI`` accepts."""
    try:
        parts = urlsplit(value)
        _ = parts.port
    except ValueError:
        return None
    if any(character <= " " for character in value):
        return None
    return parts if parts.scheme or value.startswith("/") else None


def _parts(value: str) -> SplitResult:
    parts = _url(value)
    if parts is None:
        raise ValueError("not a URL")
    return parts


def _address(value: str) -> object:
    try:
        return ip_address(value)
    except ValueError:
        return None


def _is_network(value: str) -> bool:
    try:
        ip_network(value, strict=False)
    except ValueError:
        return False
    return "/" in value


def _compare(one: str, other: str) -> int:
    left, right = parse_quantity(one), parse_quantity(other)
    if left is None or right is None:
        raise ValueError("not a quantity")
    return (left > right) - (left < right)


def forget() -> None:
    """Forget which engine was found: what is installed may have changed."""
    _engine.cache_clear()
    _environment.cache_clear()
