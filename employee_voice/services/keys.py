"""Where the private keys of a wave lie: files that are in no database and no backup of it."""

from pathlib import Path

from django.conf import settings

from employee_voice.credentials import key_list
from employee_voice.credentials.keyfiles import KeyFolder
from employee_voice.models import KeyGroup, Wave

MOST_SHEET_BYTES = 100 * 1024 * 1024


def folder() -> KeyFolder:
    return KeyFolder(Path(settings.KEYS_DIR))


def signing_name(wave: Wave, number: int) -> str:
    return f"signing/{wave.public_id}/{number}.pem"


def sealing_name(wave: Wave) -> str:
    return f"sealing/{wave.public_id}.pem"


def sheets() -> KeyFolder:
    """For sheets of one-time codes: whoever reads them could answer for others, so they lie where keys do."""
    return KeyFolder(Path(settings.KEYS_DIR), most_bytes=MOST_SHEET_BYTES)


def sheets_name(wave: Wave, name: str) -> str:
    """In a folder of their own, which the web process may write too: it destroys what was fetched."""
    return f"slips/{wave.public_id}/{name}.pdf"


def destroy_keys(wave: Wave) -> None:
    """Every private key of a wave, and sheets that nobody fetched, for good. Doing it twice does no harm."""
    destroy_keys_of(wave.public_id)


def destroy_keys_of(public_id: str) -> int:
    """The same by what the files are called, whose wave may be gone. Returns how many there were."""
    keys = folder()
    ways = (f"signing/{public_id}", f"slips/{public_id}")
    names = (*(name for way in ways for name in keys.names(way)), f"sealing/{public_id}.pem")
    return sum(keys.destroy(name) for name in names)


def listed_keys(wave: Wave) -> list[key_list.ListedKey]:
    """The public keys of a wave as everybody gets them. One query."""
    return [
        key_list.ListedKey(number=group.number, people=group.people, public_pem=group.public_key)
        for group in KeyGroup.objects.filter(wave=wave)
    ]
