"""A preset: a known export of a system that feeds can start from."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field

from nightclerk.core.contents import Contents
from nightclerk.core.naming import slug


class Preset(Contents):
    """A known export of a system: its columns, dates and numbers, and what becomes of them, for feeds to start from."""

    preset: Annotated[str, AfterValidator(slug)] = Field(
        description="The preset's name; the file is named after it.", examples=["xero-contacts"]
    )
    source: Annotated[str, Field(min_length=1, max_length=1000)] = Field(
        description="Where what stands here is known from: the vendor's documentation, or a file, with its date.",
        examples=["Xero Central, Import contacts (2026); the header of the CSV template that Xero lets people download."],
    )
