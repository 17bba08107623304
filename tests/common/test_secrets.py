"""A secret that was handed out is known again by its digest alone."""

from common.digests import digest_of_secret


def test_a_secret_has_always_the_same_digest():
    assert digest_of_secret("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
