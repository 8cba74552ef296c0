"""Fields that only one tenant has: named by its feeds, kept in the entity's column of custom fields, and else as any others."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal, Self, TypeAlias

from pydantic import Field, ValidationError, model_validator

from nightclerk.core.entity import EntityField, ResolvedField
from nightclerk.core.mapping import Mapped
from nightclerk.core.model import ContradictionsError
from nightclerk.core.units import Truth, Whole

CustomType: TypeAlias = Literal[
    "text", "integer", "decimal", "money", "date", "datetime", "boolean", "email", "url", "currency", "country"
]
_OF_THE_FIELD = (
    "type", "required", "required_for_new", "max_length", "min", "max", "default", "currency", "one_of",
)  # fmt: skip


class CustomField(Mapped):
    """A field that only this tenant has, and its rule: all that a mapping's rule may say, and beside it what an entity says of
    its fields. In YAML a plain header stands for a text of that column."""

    type: CustomType = Field("text", description="What kind of value the field holds.", examples=["text"])
    required: Truth = Field(False, description="Every row must carry a value.", examples=[True])
    required_for_new: Truth = Field(
        False, description="A row whose key is not in the table yet must carry a value.", examples=[True]
    )
    max_length: Whole | None = Field(None, ge=1, description="The most characters the text may have.", examples=[50])
    min: Decimal | None = Field(None, description="The smallest number allowed.", examples=[0])
    max: Decimal | None = Field(None, description="The largest number allowed.", examples=[365])
    default: str | Whole | Truth | Decimal | None = Field(
        None, description="The value a new row gets when the file has none.", examples=["none"]
    )
    currency: str | None = Field(
        None,
        description="For money: the field that names its currency, or a currency code for all rows.",
        examples=["EUR"],
    )
    one_of: list[Annotated[str, Field(min_length=1)]] | None = Field(
        None, min_length=1, description="Of a text: the only values there are.", examples=[["gold", "silver"]]
    )

    @model_validator(mode="after")
    def _is_a_field(self) -> Self:
        try:
            self.field("custom")
        except ValidationError as error:
            context = error.errors()[0].get("ctx", {}).get("error")
            raise context if isinstance(context, ContradictionsError) else ValueError(str(error)) from None
        return self

    def field(self, column: str) -> ResolvedField:
        """Given the entity's column of custom fields; returns the field."""
        said = {key: getattr(self, key) for key in _OF_THE_FIELD}
        return ResolvedField.model_validate({**said, "column": column, "custom": True})

    def rule(self) -> Mapped:
        """Returns the rule by which the field is read."""
        said = {key: getattr(self, key) for key in self.model_fields_set if key not in _OF_THE_FIELD}
        return Mapped.model_validate(said, by_name=True)


def told_of(field: EntityField) -> str:
    """Given a field; returns what two feeds that name the same custom field must agree in, as people read it."""
    return field.type if field.type != "money" or field.currency is None else f"money in {field.currency}"
