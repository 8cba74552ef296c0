"""An entity: a kind of business thing, with its table, fields, key, and who owns each field."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from nightclerk.core.absent import Absences
from nightclerk.core.convert.codes import CURRENCIES
from nightclerk.core.model import ContradictionsError, Noun
from nightclerk.core.naming import identifier
from nightclerk.core.stamps import Stamps
from nightclerk.core.units import Truth, Whole
from nightclerk.core.wording import did_you_mean, quoted

Identifier = Annotated[str, AfterValidator(identifier)]
FieldType = Literal[
    "text",
    "integer",
    "decimal",
    "money",
    "date",
    "datetime",
    "boolean",
    "email",
    "url",
    "currency",
    "country",
    "list",
    "reference",
]
BOUNDED: frozenset[str] = frozenset({"integer", "decimal", "money"})
TEXTUAL: frozenset[str] = frozenset({"text", "email", "url"})


@dataclass(frozen=True, slots=True)
class Named:
    """Rows of another entity that a field names by their key, which is one field, and how one is made that is not there.

    table, column, tenant_column: where they stand. type: of the key; longest: the most characters it may have. create: whether
    one that is missing is created on the way.
    same: columns of such a row that get the key's value too, such as a required name; constants: columns with what they get.
    lacks: fields without which no new row may be and that nobody would give it, so that none can be created on the way.
    stamps: columns that get the moment in which such a row is made.
    """

    entity: str
    field: str
    table: str
    column: str
    tenant_column: str | None
    type: FieldType
    create: bool = False
    same: tuple[str, ...] = ()
    constants: tuple[tuple[str, FieldType, str | int | bool | None], ...] = ()
    longest: int | None = None
    lacks: tuple[str, ...] = ()
    stamps: tuple[str, ...] = ()


class Link(Noun):
    """A table of links with names of its own: one row for each member of each row's list."""

    table: Identifier | None = Field(
        None, description="The table; otherwise `TABLE_FIELD`, of the entity's table and the field.", examples=["customer_groups"]
    )
    tenant: Identifier | Literal["none"] | None = Field(
        None,
        description="Its column for the tenant's name, or `none`; otherwise as in the entity.",
        examples=["tenant"],
    )
    owner: list[Identifier] = Field(
        default=[],
        description="Its columns for the key of the row whose list it is, in the order of the entity's `key`; otherwise "
        "`ENTITY_KEYFIELD`.",
        examples=[["customer_code"]],
    )
    member: Identifier | None = Field(
        None,
        description="Its column for the key of the member; otherwise `ENTITY_KEYFIELD` of the members' entity.",
        examples=["group_name"],
    )


class EntityField(Noun):
    """One field of an entity: what kind of value it holds and who may write it."""

    type: FieldType = Field(description="What kind of value the field holds.", examples=["text"])
    required: Truth = Field(False, description="Every row must carry a value.", examples=[True])
    required_for_new: Truth = Field(
        False, description="A row whose key is not in the table yet must carry a value.", examples=[True]
    )
    owner: Literal["import", "application"] = Field(
        "import", description="`application`: an import never writes this field.", examples=["application"]
    )
    max_length: Whole | None = Field(None, ge=1, description="The most characters the text may have.", examples=[50])
    min: Decimal | None = Field(None, description="The smallest number allowed.", examples=[0])
    max: Decimal | None = Field(None, description="The largest number allowed.", examples=[365])
    default: str | Whole | Truth | Decimal | None = Field(
        None, description="The value a new row gets when the file has none.", examples=["EUR"]
    )
    currency: str | None = Field(
        None,
        description="For money: the field that names its currency, or a currency code for all rows.",
        examples=["currency"],
    )
    column: Identifier | None = Field(
        None, description="The column in the table, where it is not named like the field.", examples=["cust_code"]
    )
    to: str | None = Field(
        None,
        description="Of a reference: the entity whose rows it names, by their key, which must be one field.",
        examples=["gl_account"],
    )
    of: str | None = Field(
        None, description="Of a list: the entity of its members; they are named by its key.", examples=["group"]
    )
    create_missing: Truth = Field(
        False, description="Of a list: members that are not there yet are created on the way.", examples=[True]
    )
    link: Link | None = Field(
        None,
        description="Of a list: the table of links in which it stands, where its names are not the usual ones.",
        examples=[{"table": "customer_groups", "owner": ["customer"], "member": "name"}],
    )
    one_of: list[Annotated[str, Field(min_length=1)]] | None = Field(
        None,
        min_length=1,
        description="Of a text: the only values there are, as they are written here; any other rejects its row.",
        examples=[["open", "cleared"]],
    )

    @model_validator(mode="after")
    def _fits_its_type(self) -> Self:
        found = list(self._idle_keys())
        if found:
            raise ContradictionsError(found)
        return self

    def _idle_keys(self) -> Iterator[tuple[tuple[str | int, ...], str]]:
        if self.max_length is not None and self.type not in TEXTUAL:
            yield ("max_length",), f"max_length is for text, email and url; this field is {self.type}"
        for key in ("min", "max"):
            if getattr(self, key) is not None and self.type not in BOUNDED:
                yield (key,), f"{key} is for integer, decimal and money; this field is {self.type}"
        if self.min is not None and self.max is not None and self.min > self.max:
            yield ("min",), f"min {self.min} is greater than max {self.max}"
        if self.currency is not None and self.type != "money":
            yield ("currency",), f"currency is for money; this field is {self.type}"
        if self.one_of is not None and self.type != "text":
            yield ("one_of",), f"one_of is for text; this field is {self.type}"
        yield from self._of_other_rows()
        for key in ("required", "required_for_new"):
            if self.owner == "application" and getattr(self, key):
                yield (key,), "an import never writes a field of the application, so it cannot be required"

    def _of_other_rows(self) -> Iterator[tuple[tuple[str | int, ...], str]]:
        """What lists and references must say, and what others must not."""
        for key in ("of", "link"):
            if getattr(self, key) is not None and self.type != "list":
                yield (key,), f"{key} is for lists; this field is {self.type}"
        if self.create_missing and self.type != "list":
            yield ("create_missing",), f"create_missing is for lists; this field is {self.type}"
        if self.type == "list":
            if self.of is None:
                yield ("type",), "a list needs the entity of its members, as in {type: list, of: group}"
            for key in ("column", "default"):
                if getattr(self, key) is not None:
                    yield (key,), f"a list stands in a table of links and has no {key}; take it out"


class Entity(Noun):
    """A kind of business thing the receiving application keeps, such as a customer or an invoice."""

    entity: Identifier = Field(description="The entity's name; the file is named after it.", examples=["customer"])
    table: Identifier = Field(description="The table that holds it in the target database.", examples=["customers"])
    key: list[str] = Field(
        min_length=1,
        description="The fields that tell one row from another; the tenant is always part of the key.",
        examples=[["code"]],
    )
    tenant_column: Identifier | Literal["none"] = Field(
        "tenant",
        description="The column that holds the tenant's name, or `none` where each tenant has its own database.",
        examples=["tenant"],
    )
    fields: dict[Identifier, EntityField] = Field(
        min_length=1, description="The fields, by name.", examples=[{"code": {"type": "text"}}]
    )
    custom_fields: Identifier | None = Field(
        None,
        description="The column, of JSON, for fields that only one tenant has; its feeds name them in their `custom_fields`.",
        examples=["custom"],
    )
    stamps: Stamps = Field(
        Stamps(),
        description="Columns that get the moment in which an import makes or changes a row, for tables whose application expects "
        "that. They must not be fields.",
        examples=[{"created": "created_at", "updated": "updated_at"}],
    )
    absent: Absences = Field(
        Absences(),
        description="What a feed writes into rows that its file lacks, if it says `absent: clear` or `absent: deactivate`.",
        examples=[{"deactivate": {"gone": {"active": False}, "back": {"active": True}}}],
    )

    @model_validator(mode="after")
    def _hangs_together(self) -> Self:
        found = [*self._wrong_names(), *self._wrong_currencies()]
        if found:
            raise ContradictionsError(found)
        return self

    def _wrong_names(self) -> Iterator[tuple[tuple[str | int, ...], str]]:
        if self.table.lower().startswith("nightclerk_"):
            yield ("table",), "tables that begin with nightclerk_ are Nightclerk's own; name another table"
        for index, name in enumerate(self.key):
            if name not in self.fields:
                yield ("key", index), f"no field {quoted(name)} in entity {self.entity}{did_you_mean(name, self.fields)}"
            elif self.fields[name].owner == "application":
                yield ("key", index), f"{name} belongs to the application, so it cannot be part of the key"
            elif self.fields[name].type == "list":
                yield ("key", index), f"{name} is a list, so it cannot be part of the key"
            if name in self.key[:index]:
                yield ("key", index), f"{name} stands twice in the key"
        taken = {} if self.tenant_column == "none" else {self.tenant_column.lower(): "the tenant's name"}
        if self.custom_fields is not None and taken.setdefault(self.custom_fields.lower(), "custom fields") != "custom fields":
            yield ("custom_fields",), f"the column {quoted(self.custom_fields)} holds the tenant's name already"
        for name in self.in_columns:
            other = taken.setdefault(self.column(name).lower(), name)
            if other != name:
                yield (
                    ("fields", name),
                    f"the column {quoted(self.column(name))} holds {other} already; databases ignore letters' case",
                )
        yield from self.stamps.taken(taken)

    def _wrong_currencies(self) -> Iterator[tuple[tuple[str | int, ...], str]]:
        for name, field in self.fields.items():
            if field.type != "money" or field.currency is None:
                continue
            named = self.fields.get(field.currency)
            if named is None and field.currency not in CURRENCIES:
                yield (
                    ("fields", name, "currency"),
                    f"{quoted(field.currency)} is neither a field of entity {self.entity} nor a currency code such as EUR",
                )
            if named is not None and named.type != "currency":
                yield ("fields", name, "currency"), f"the field {field.currency} is {named.type}, not currency"

    def column(self, field: str) -> str:
        """Given a field's name; returns the column that holds it: of a custom field that of them all. A list has none."""
        return self.fields[field].column or field

    @property
    def in_columns(self) -> list[str]:
        """The fields that stand in columns of their own."""
        return [name for name, field in self.fields.items() if field.type != "list" and not is_custom(field)]


class ResolvedField(EntityField):
    """A field with what is known of the rows that it names. custom: it stands in its entity's column of custom fields, which is
    its ``column``. Never written by people: ``core.resolving`` makes it."""

    named: Named | None = None
    custom: bool = False


class ResolvedEntity(Entity):
    """An entity whose fields know about the rows that they name."""

    fields: dict[Identifier, ResolvedField]  # type: ignore[assignment]  # as frozen as the dict it stands for


def is_custom(field: EntityField) -> bool:
    """Given a field; returns whether it is one that only a tenant has."""
    return isinstance(field, ResolvedField) and field.custom


def named_by(entity: Entity, field: str) -> Named | None:
    """Given an entity and one of its fields; returns what is known of the rows that the field names, None if it names none."""
    spec = entity.fields[field]
    return spec.named if isinstance(spec, ResolvedField) else None
