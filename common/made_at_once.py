"""The tables of a room made in one step, where a database is new.

Django prepares every model anew after each single operation; with a hundred models that takes most of the
time of a first start. Here the tables are made from what they become in the end.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations import CreateModel
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState
from django.db.models import Model


class MadeAtOnce(Operation):
    """Stands for `operations`, of which each makes a model or adds to one that is made here."""

    def __init__(self, operations: Sequence[Operation]) -> None:
        self.operations = operations

    def describe(self) -> str:
        return f"Make {len(self._names())} tables"

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        state.__dict__.pop("apps", None)  # prepared once, when somebody asks for it after the last of them
        for operation in self.operations:
            operation.state_forwards(app_label, state)

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        models = list(self._models(app_label, schema_editor, to_state))
        if schema_editor.connection.vendor == "sqlite":
            for model in models:
                schema_editor.create_model(model)
            return
        # A relation over two columns needs what it points at; SQLite asks for it at the first row only
        later = [
            (model, constraint)
            for model in models
            for constraint in model._meta.constraints
            if hasattr(constraint, "field")
        ]
        for model in models:
            kept = model._meta.constraints
            model._meta.constraints = [one for one in kept if not hasattr(one, "field")]
            schema_editor.create_model(model)
            model._meta.constraints = kept
        for model, constraint in later:
            schema_editor.add_constraint(model, constraint)

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        for model in reversed(list(self._models(app_label, schema_editor, from_state))):
            schema_editor.delete_model(model)

    def _names(self) -> list[str]:
        return [operation.name for operation in self.operations if isinstance(operation, CreateModel)]

    def _models(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, state: ProjectState
    ) -> Iterator[type[Model]]:
        for name in self._names():
            model: Any = state.apps.get_model(app_label, name)
            if self.allow_migrate_model(schema_editor.connection.alias, model):
                yield model
