"""A feed: "files named like this hold that"."""

from __future__ import annotations

from typing import Annotated, Any, Self

from pydantic import AfterValidator, Discriminator, Field, GetJsonSchemaHandler, Tag, model_validator
from pydantic.json_schema import JsonSchemaValue

from nightclerk.core.contents import Contents
from nightclerk.core.custom import CustomField
from nightclerk.core.entity import Identifier
from nightclerk.core.members import may_be_zip
from nightclerk.core.model import ContradictionsError
from nightclerk.core.name_expression import NameExpression, as_glob, without_folder
from nightclerk.core.naming import slug
from nightclerk.core.units import Line


def _glob_or_expression(value: Any) -> str:
    return "expression" if isinstance(value, dict | NameExpression) else "glob"


class Feed(Contents):
    """Files named like this hold that: a name pattern, a format, an entity, a mapping, policies."""

    feed: Annotated[str, AfterValidator(slug)] = Field(description="The feed's name.", examples=["clients"])
    files: Annotated[
        Annotated[Line, Field(max_length=255), AfterValidator(without_folder), Tag("glob")]
        | Annotated[NameExpression, Tag("expression")],
        Discriminator(_glob_or_expression),
    ] = Field(
        description="The files' names, with *, ? and [abc], or as a regular expression behind `regex`; case does not matter.",
        examples=["clients_*.csv", {"regex": "clients_[0-9]{8}\\.csv"}],
    )
    preset: Annotated[str, AfterValidator(slug)] | None = Field(
        None,
        description="A known export to start from: `presets/NAME.yaml`, or one that Nightclerk brings. What is written here goes "
        "before it: in `format` and `tolerate` key by key, in `mapping` field by field. `ignore` adds to it, and `null` takes "
        "out what it says.",
        examples=["xero-contacts"],
    )

    custom_fields: dict[Identifier, CustomField] = Field(
        default={},
        description="Fields that only this tenant has, each with its rule, as in `mapping`, and what kind of value it holds. "
        "They are kept in the entity's column of custom fields. Feeds of one tenant may share one.",
        examples=[{"agency_manager": {"from": "Responsable", "type": "text", "required_for_new": True}}],
    )

    @model_validator(mode="after")
    def _reads_custom_fields(self) -> Self:
        """Whoever reads a feed by its mapping reads its custom fields as well, whether the feed comes from YAML, from the ledger
        or from the process beside this one."""
        rules = {name: field.rule() for name, field in self.custom_fields.items()}
        object.__setattr__(self, "mapping", self.mapping | rules)
        return self

    @model_validator(mode="after")
    def _has_members(self) -> Self:
        if self.members is not None and not may_be_zip(as_glob(self.files)):
            told = "only zip archives have members, and these files are no archives; take members out, or have files end in .zip"
            raise ContradictionsError([(("members",), told)])
        return self

    @classmethod
    def __get_pydantic_json_schema__(cls, core_schema: Any, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """Returns the schema of what people write: beside a preset it need not be whole, and null takes a field out."""
        whole = handler.resolve_ref_schema(handler(core_schema))
        whole["required"] = [key for key in whole["required"] if key not in ("entity", "mapping")]
        whole["anyOf"] = [{"required": ["preset"]}, {"required": ["entity", "mapping"]}]
        mapping = whole["properties"]["mapping"]
        mapping["additionalProperties"] = {"anyOf": [mapping["additionalProperties"], {"type": "null"}]}
        return whole
