"""Where a secret is kept: secrets stand in no YAML file, only references to them."""

from __future__ import annotations

import re
from typing import Any, Self

from pydantic import ConfigDict, Field, model_validator

from nightclerk.core.model import Noun
from nightclerk.core.units import FilePath


class SecretReference(Noun):
    """Where a secret is kept. Exactly one of the three; the secret itself never stands in a YAML file."""

    model_config = ConfigDict(json_schema_extra={"minProperties": 1, "maxProperties": 1})

    env: str | None = Field(None, description="An environment variable's name.", examples=["ACME_PASSWORD"])
    file: FilePath | None = Field(None, description="A file that holds it.", examples=["/etc/nightclerk/acme.key"])
    credential: str | None = Field(None, description="A systemd credential's name.", examples=["acme-key"])

    @model_validator(mode="before")
    @classmethod
    def _no_literal(cls, value: Any) -> Any:
        if isinstance(value, dict | cls):
            return value
        # The value may be the secret itself: it is neither repeated nor described.
        raise ValueError("a secret is never written here; give {env: NAME}, {file: PATH} or {credential: NAME}")

    @model_validator(mode="after")
    def _names_are_names(self) -> Self:
        if self.env is not None and not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", self.env):
            raise ValueError("env is the name of an environment variable: letters, digits and _, as in ACME_PASSWORD")
        if self.credential is not None and not re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_.-]*", self.credential):
            raise ValueError("credential is the name of a systemd credential: letters, digits and - _ ., as in acme-key")
        return self

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        if sum(x is not None for x in (self.env, self.file, self.credential)) != 1:
            raise ValueError("give exactly one of {env: NAME}, {file: PATH} and {credential: NAME}")
        return self
