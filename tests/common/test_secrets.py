"""A secret that was handed out is known by its digest alone, also after the server's key was changed."""

import pytest

from common.derived import SecretLost, derived, handed_out
from common.digests import digest_of_secret
from common.sealed import SecretUnreadable, seal, unseal

NEWER = "the key that the installation was given later, 0123456789"


def test_a_secret_has_always_the_same_digest():
    assert digest_of_secret("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def make(key):
    return derived("a.purpose", "public", key=key).hex()


def test_a_secret_follows_from_the_servers_key_its_purpose_and_its_public_part():
    assert derived("a.purpose", "public") == derived("a.purpose", "public")
    assert len({derived("a", "b"), derived("b", "a"), derived("a", "c"), derived("a", "b", key=NEWER)}) == 4


def test_what_a_former_key_made_is_found_as_long_as_the_server_knows_that_key(settings):
    secret, sealed = make(None), seal("the password")
    digest, former = digest_of_secret(secret), settings.SECRET_KEY
    settings.SECRET_KEY = NEWER
    with pytest.raises(SecretLost):
        handed_out(make, digest=digest)
    with pytest.raises(SecretUnreadable):
        unseal(sealed)
    settings.SECRET_KEY_FALLBACKS = [former]
    assert handed_out(make, digest=digest) == secret
    assert unseal(sealed) == "the password"
    assert make(None) != secret  # what is made now is made with the key of now
    settings.SECRET_KEY_FALLBACKS = []
    assert unseal(seal("another")) == "another"
