"""The queue of the embedded mode: a message is there whole or not at all, and none stops the worker."""

import threading
from queue import Empty

import pytest
from kombu import Connection
from kombu.exceptions import ChannelError

from cxprogram import queue_folders
from cxprogram.celery import app


@pytest.fixture
def folder(tmp_path):
    return tmp_path


@pytest.fixture
def channel(folder):
    options = {
        "data_folder_in": str(folder),
        "data_folder_out": str(folder),
        "control_folder": str(folder / "control"),
        "processed_folder": str(folder / "processed"),
    }
    (folder / "control").mkdir()
    with Connection("filesystem://", transport_options=options) as connection:
        yield connection.channel()


def test_the_worker_uses_this_queue(channel):
    assert isinstance(channel, queue_folders.Channel)
    with app.connection_for_write(url="filesystem://") as connection:
        assert isinstance(connection.transport, queue_folders.Transport)


def test_messages_come_out_as_they_went_in_and_in_their_order(channel, folder, monkeypatch):
    moments = iter([1.0, 2.0, 3.0])
    monkeypatch.setattr(queue_folders.time, "monotonic", lambda: next(moments))
    for number in range(3):
        channel._put("celery", {"number": number})
    channel_size = channel._size("celery")
    assert (channel_size, [channel._get("celery")["number"] for _one in range(3)]) == (3, [0, 1, 2])
    with pytest.raises(Empty):
        channel._get("celery")
    assert [one.name for one in folder.iterdir()] == ["control"]


def test_nobody_finds_a_message_before_it_is_whole(channel, folder, monkeypatch):
    """Whoever looks while it is written finds none."""
    seen = []
    write = queue_folders.Path.write_bytes

    def slowly(path, content):
        write(path, content[:1])
        seen.append(channel._size("celery"))
        return write(path, content)

    monkeypatch.setattr(queue_folders.Path, "write_bytes", slowly)
    channel._put("celery", {"number": 1})
    assert seen == [0]
    assert channel._get("celery") == {"number": 1}


@pytest.mark.parametrize("left", [b"", b'{"number": '])
def test_a_message_that_broke_off_is_passed_over_and_the_next_one_is_read(channel, folder, left, caplog):
    (folder / "0_broken.celery.msg").write_bytes(left)
    channel._put("celery", {"number": 1})
    assert channel._get("celery") == {"number": 1}
    assert "could not be read" in caplog.text
    (folder / "0_broken.celery.msg").write_bytes(left)
    with pytest.raises(Empty):
        channel._get("celery")


def test_two_workers_and_two_writers_lose_and_double_nothing(channel, folder):
    got, is_over = [], threading.Event()

    def read():
        while True:
            is_last = is_over.is_set()
            try:
                got.append(channel._get("celery")["number"])
            except Empty:
                if is_last:
                    return

    def write(first):
        for number in range(first, first + 100):
            channel._put("celery", {"number": number})

    readers = [threading.Thread(target=read) for _one in range(2)]
    writers = [threading.Thread(target=write, args=[first]) for first in (0, 100)]
    for thread in (*readers, *writers):
        thread.start()
    for thread in writers:
        thread.join()
    is_over.set()
    for thread in readers:
        thread.join()
    assert sorted(got) == list(range(200))


def test_a_table_of_queues_that_is_just_written_is_waited_for(channel, folder, monkeypatch):
    table = folder / "control" / "celery.exchange"
    table.write_bytes(b"")
    waited = []

    def wait(seconds):
        waited.append(seconds)
        if len(waited) == 2:
            table.write_text('[["celery", "", "celery"]]')

    monkeypatch.setattr(queue_folders.time, "sleep", wait)
    assert [row.queue for row in channel.get_table("celery")] == ["celery"]
    table.write_bytes(b"")
    with pytest.raises(ChannelError):
        channel.get_table("celery")


def test_a_folder_that_is_full_is_said_and_leaves_nothing(channel, folder, monkeypatch):
    def full(path, content):
        path.touch()
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(queue_folders.Path, "write_bytes", full)
    with pytest.raises(ChannelError):
        channel._put("celery", {})
    assert [one.name for one in folder.iterdir()] == ["control"]
