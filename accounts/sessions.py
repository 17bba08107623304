"""Sessions in the database, each with the person who is signed in, so that people can see and end theirs."""

from typing import Any, cast

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore

from accounts.models import Session


class SessionStore(DatabaseStore):
    """Django's own store with one more column."""

    cache_key_prefix = "accounts.sessions"

    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        row = cast(Session, super().create_model_instance(data))
        person = data.get(SESSION_KEY)
        row.user_id = int(person) if person else None
        return row
