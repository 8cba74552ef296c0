"""How a tenant's files are encrypted with OpenPGP, as ops write it: the key that opens them, and who must have signed them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from nightclerk.core.model import ContradictionsError, Noun
from nightclerk.core.secret import SecretReference
from nightclerk.core.units import FilePath, Truth

_ONE = {"type": "string", "minLength": 1}


def _several(value: Any) -> Any:
    return [value] if isinstance(value, str | Path) else value


class Encryption(Noun):
    """How a tenant's files are encrypted with OpenPGP."""

    key: SecretReference = Field(
        description="The private key that the files are encrypted for, exported with `--armor`; several in one file while one is "
        "being replaced.",
        examples=[{"credential": "acme-openpgp"}],
    )
    passphrase: SecretReference | None = Field(
        None, description="The private key's passphrase.", examples=[{"credential": "acme-openpgp-passphrase"}]
    )
    signed_by: Annotated[
        list[FilePath],
        BeforeValidator(_several),
        WithJsonSchema({"anyOf": [_ONE, {"type": "array", "items": _ONE}]}),
    ] = Field(
        default=[],
        description="Files of public keys: a file must be signed with one of them, and with no other. Where nothing is written, "
        "signatures are not looked at.",
        examples=["keys/acme-sender.asc"],
    )
    required: Truth = Field(
        True,
        description="Files that come without encryption are refused; with `false` they are read as they are.",
        examples=[False],
    )

    @model_validator(mode="after")
    def _signed_means_all(self) -> Self:
        if self.signed_by and not self.required:
            told = "whoever cannot sign would send the file without encryption; take out required: false, or signed_by"
            raise ContradictionsError([(("required",), told)])
        return self
