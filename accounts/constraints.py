"""A relation that cannot leave its organization, held by the database itself."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import DEFAULT_DB_ALIAS, models
from django.db.models.constraints import BaseConstraint


class SameOrganization(BaseConstraint):
    """A foreign key over (organization, `field`): the row it points at is of the same organization, or none.

    The field itself is declared with `db_constraint=False`, since this stands in its place, and what it
    points at has a unique constraint over (organization, id). Both databases keep it; SQLite writes it into
    the table whenever the table is made anew.
    """

    def __init__(self, *, field: str, name: str) -> None:
        super().__init__(name=name)
        self.field = field

    def constraint_sql(self, model: Any, schema_editor: Any) -> str:
        quote = schema_editor.quote_name
        field: Any = model._meta.get_field(self.field)
        target = field.related_model._meta
        return (
            f"CONSTRAINT {quote(self.name)} "
            f"FOREIGN KEY ({quote('organization_id')}, {quote(field.column)}) "
            f"REFERENCES {quote(target.db_table)} ({quote('organization_id')}, {quote(target.pk.column)}) "
            "DEFERRABLE INITIALLY DEFERRED"
        )

    def create_sql(self, model: Any, schema_editor: Any) -> str:
        table = schema_editor.quote_name(model._meta.db_table)
        return f"ALTER TABLE {table} ADD {self.constraint_sql(model, schema_editor)}"

    def remove_sql(self, model: Any, schema_editor: Any) -> str:
        quote = schema_editor.quote_name
        return f"ALTER TABLE {quote(model._meta.db_table)} DROP CONSTRAINT {quote(self.name)}"

    def validate(
        self,
        model: type[models.Model],
        instance: models.Model,
        exclude: Any = None,
        using: str = DEFAULT_DB_ALIAS,
    ) -> None:
        field: Any = model._meta.get_field(self.field)
        row_id = getattr(instance, field.attname)
        if row_id is None or (exclude and {self.field, "organization"} & set(exclude)):
            return
        owner: Any = instance
        rows = field.related_model._default_manager.using(using)
        if not rows.filter(pk=row_id, organization_id=owner.organization_id).exists():
            raise ValidationError(self.get_violation_error_message(), code=self.violation_error_code)

    def deconstruct(self) -> tuple[str, tuple[Any, ...], dict[str, Any]]:
        path, arguments, options = super().deconstruct()
        return path, tuple(arguments), {**options, "field": self.field}

    def __eq__(self, other: object) -> bool:
        if isinstance(other, SameOrganization):
            return (self.name, self.field) == (other.name, other.field)
        return NotImplemented

    def __hash__(self) -> int:
        return hash((self.name, self.field))
