"""Web addresses: with a scheme, or beginning with ``www.``; kept as written."""

from __future__ import annotations

import polars as pl

from nightclerk.core.convert.converter import Converter, Reason, keep
from nightclerk.core.convert.shapes import URL


def url(cell: pl.Expr) -> Converter:
    """Given a column of trimmed text; returns its converter: http, https, ftp, or a bare ``www.`` domain."""
    return Converter(pl.String, (keep(cell.str.contains(URL), cell),), _why)


def _why(_: str) -> Reason:
    return Reason("not_a_url", '"%(value)s" is not a web address.')
