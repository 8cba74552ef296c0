"""How to reach a tenant's server, before anybody logs in: all that ``nightclerk trust`` needs of a tenant's file.

The rest of the file may be missing or wrong, since host keys are to be seen before the configuration can be right.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from nightclerk.core.model import Noun
from nightclerk.core.source import FtpsServer, SftpServer


class SftpApproach(SftpServer, extra="ignore"):
    """An SFTP source, whatever else it says."""


class FtpsApproach(FtpsServer, extra="ignore"):
    """An FTPS source, whatever else it says."""


class NoApproach(Noun, extra="ignore"):
    """A source that shows no key and no certificate."""

    kind: Literal["folder", "ftp"] = Field(description="A source without keys.", examples=["folder"])


class Approach(Noun, extra="ignore"):
    """A tenant's file, whatever else it says."""

    source: Annotated[SftpApproach | FtpsApproach | NoApproach, Field(discriminator="kind")] = Field(
        description="Where its files are dropped.", examples=[{"kind": "sftp", "host": "sftp.acme.example"}]
    )
