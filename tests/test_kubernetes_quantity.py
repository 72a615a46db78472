"""Quantities as the API server reads them."""

from __future__ import annotations

from fractions import Fraction

import pytest

from kubelint.systems.kubernetes.quantity import parse_quantity, show_quantity


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1", 1),
        ("500m", Fraction(1, 2)),
        ("0.1", Fraction(1, 10)),
        ("1.", 1),
        (".5", Fraction(1, 2)),
        ("+2k", 2_000),
        ("-1", -1),
        ("1e3", 1_000),
        ("1E3", 1_000),
        ("2e-3", Fraction(1, 500)),
        ("1E", 10**18),
        ("1Ei", 2**60),
        ("1.5Gi", 3 * 2**29),
        ("100n", Fraction(1, 10**7)),
    ],
)
def test_reads(text: str, value: Fraction | int) -> None:
    assert parse_quantity(text) == value


@pytest.mark.parametrize(
    "text", ["", "1x", "1gb", "1GB", "1 Gi", "Gi", "1ki", "1K", "--1", "1e", "1.2.3", "٣", "1e9999", "1\n"]
)
def test_refuses(text: str) -> None:
    assert parse_quantity(text) is None


@pytest.mark.parametrize(
    ("value", "resource", "text"),
    [
        (Fraction(3, 2), "requests.cpu", "1500m"),
        (Fraction(4), "limits.cpu", "4"),
        (Fraction(3 * 2**29), "requests.memory", "1.5Gi"),
        (Fraction(20 * 2**30), "requests.storage", "20Gi"),
        (Fraction(12), "pods", "12"),
    ],
)
def test_shows(value: Fraction, resource: str, text: str) -> None:
    assert show_quantity(value, resource) == text
