"""Private keys in files: whole or absent, for one account alone, gone for good."""

import os
import stat

import pytest

from employee_voice.credentials.keyfiles import KeyFileError, KeyFileProblem, KeyFolder

NAME = "signing/w7Kq2/3.pem"


@pytest.fixture
def keys(tmp_path) -> KeyFolder:
    return KeyFolder(tmp_path / "keys")


def reason(call, *arguments) -> KeyFileProblem:
    with pytest.raises(KeyFileError) as refused:
        call(*arguments)
    return refused.value.reason


def mode(path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_key_comes_back_and_only_its_owner_can_read_it(keys):
    before = os.umask(0)
    try:
        keys.write(NAME, b"secret")
    finally:
        os.umask(before)
    assert keys.read(NAME) == b"secret"
    assert mode(keys.root / NAME) == 0o600
    assert [mode(keys.root / part) for part in ("", "signing", "signing/w7Kq2")] == [0o700] * 3
    assert os.listdir(keys.root / "signing/w7Kq2") == ["3.pem"]


def test_a_key_is_never_overwritten(keys):
    keys.write(NAME, b"first")
    assert reason(keys.write, NAME, b"second") is KeyFileProblem.EXISTS
    assert keys.read(NAME) == b"first"
    assert os.listdir(keys.root / "signing/w7Kq2") == ["3.pem"]


def test_a_write_that_breaks_off_leaves_no_key(keys, monkeypatch):
    def full(_file):
        raise OSError("no space")

    monkeypatch.setattr(os, "fsync", full)
    keys.root.mkdir(mode=0o700)
    with pytest.raises(OSError, match="no space"):
        keys.write("one.pem", b"secret")
    assert not keys.has("one.pem")
    assert keys.names() == []
    assert os.listdir(keys.root) == []


def test_content_is_on_the_disk_before_its_name(keys, monkeypatch):
    calls = []
    sync, link = os.fsync, os.link

    def noted(what, call):
        def noting(*arguments):
            calls.append(what)
            call(*arguments)

        return noting

    monkeypatch.setattr(os, "fsync", noted("sync", sync))
    monkeypatch.setattr(os, "link", noted("name", link))
    keys.root.mkdir(mode=0o700)
    keys.write("one.pem", b"secret")
    assert calls == ["sync", "name", "sync"]
    calls.clear()
    keys.write(NAME, b"secret")
    assert calls == ["sync", "sync", "sync", "name", "sync"]  # two new folders before it


def test_names_are_those_below_a_folder(keys):
    for name in (NAME, "signing/w7Kq2/1.pem", "signing/other/1.pem", "sealing/w7Kq2.pem"):
        keys.write(name, b"x")
    assert keys.names("signing/w7Kq2") == ["signing/w7Kq2/1.pem", NAME]
    assert len(keys.names()) == 4
    assert keys.names("signing/absent") == []


@pytest.mark.parametrize(
    "name",
    ["", "../one.pem", "/one.pem", "a/../b.pem", "a//b.pem", "one", ".one.pem", "a/b.pem\n", "a.b/c.pem"],
)
def test_names_that_lead_elsewhere_are_refused(keys, name):
    for call, arguments in ((keys.write, (name, b"x")), (keys.read, (name,)), (keys.destroy, (name,))):
        assert reason(call, *arguments) is KeyFileProblem.BAD_NAME


@pytest.mark.parametrize("bits", [0o740, 0o710, 0o720, 0o704, 0o701, 0o702])
@pytest.mark.parametrize("part", ["", "signing", "signing/w7Kq2"])
def test_a_folder_that_lets_others_in_is_refused(keys, part, bits):
    keys.write(NAME, b"x")
    (keys.root / part).chmod(bits)
    assert reason(keys.read, NAME) is KeyFileProblem.OPEN_TO_OTHERS
    assert reason(keys.write, "signing/w7Kq2/4.pem", b"x") is KeyFileProblem.OPEN_TO_OTHERS
    assert reason(keys.destroy, NAME) is KeyFileProblem.OPEN_TO_OTHERS
    assert (keys.root / NAME).read_bytes() == b"x"


@pytest.mark.parametrize("bits", [0o640, 0o604, 0o660, 0o606])
def test_a_file_that_others_may_read_is_refused(keys, bits):
    keys.write(NAME, b"x")
    (keys.root / NAME).chmod(bits)
    assert reason(keys.read, NAME) is KeyFileProblem.OPEN_TO_OTHERS


def test_links_are_not_followed(keys, tmp_path):
    keys.write(NAME, b"x")
    elsewhere = tmp_path / "elsewhere.pem"
    elsewhere.write_bytes(b"other")
    elsewhere.chmod(0o600)
    (keys.root / "link.pem").symlink_to(elsewhere)
    assert reason(keys.read, "link.pem") is KeyFileProblem.NOT_PLAIN
    assert reason(keys.destroy, "link.pem") is KeyFileProblem.NOT_PLAIN
    assert elsewhere.read_bytes() == b"other"
    (keys.root / "folder").symlink_to(keys.root / "signing")
    assert reason(keys.read, "folder/w7Kq2/3.pem") is KeyFileProblem.NOT_PLAIN


def test_an_absent_key_is_named_so(keys):
    assert reason(keys.read, NAME) is KeyFileProblem.ABSENT
    keys.write(NAME, b"x")
    assert reason(keys.read, "signing/w7Kq2/4.pem") is KeyFileProblem.ABSENT


@pytest.mark.parametrize("content", [b"", bytes(64 * 1024 + 1)])
def test_nothing_and_too_much_are_no_keys(keys, content):
    assert reason(keys.write, NAME, content) is KeyFileProblem.TOO_LONG


def test_a_destroyed_key_was_written_over_to_the_disk_first(keys):
    """Another name for the same file shows what is left in it."""
    keys.write(NAME, b"secret" * 300)
    keys.write("signing/w7Kq2/4.pem", b"stays")
    other_name = keys.root.parent / "witness"
    os.link(keys.root / NAME, other_name)
    assert keys.destroy(NAME) is True
    left = other_name.read_bytes()
    assert len(left) == 1800
    assert b"secret" not in left
    assert len(set(left)) > 200  # not zeros either
    assert not keys.has(NAME)
    assert keys.read("signing/w7Kq2/4.pem") == b"stays"


def test_a_key_is_written_over_and_synced_before_it_is_removed(keys, monkeypatch):
    keys.write("one.pem", b"secret")
    calls = []
    sync = os.fsync

    def note(file):
        calls.append(os.path.lexists(keys.root / "one.pem"))
        sync(file)

    monkeypatch.setattr(os, "fsync", note)
    keys.destroy("one.pem")
    assert calls == [True, False]  # the content while its name is there, then the folder


def test_destroying_again_does_no_harm_and_empty_folders_go(keys):
    keys.write(NAME, b"x")
    keys.write("signing/other/1.pem", b"x")
    assert keys.destroy(NAME) is True
    assert keys.destroy(NAME) is False
    assert os.listdir(keys.root / "signing") == ["other"]
    assert keys.destroy("signing/other/1.pem") is True


def test_the_folder_itself_stays_when_its_last_key_goes(keys):
    keys.write("one.pem", b"x")
    assert keys.destroy("one.pem") is True
    assert keys.root.is_dir()
