"""The signing keys on disk."""

import pytest

from registry.log import notes, signing
from registry.log.publication import Publication


@pytest.fixture
def path(tmp_path):
    """Give the place of a key that has been made."""
    path = tmp_path / "keys" / "log.key"
    signing.ensure_key(path)
    return path


def public(key):
    """Give a key's public half."""
    return key.public_key().public_bytes_raw()


def test_ensure_key_makes_one_key_that_only_its_owner_reads(path):
    """And never another."""
    before = path.read_bytes()
    signing.ensure_key(path)
    assert path.read_bytes() == before
    assert path.stat().st_mode & 0o777 == 0o600
    assert len(signing.load_keys(path)) == 1


def test_rotation_signs_with_both_keys_until_the_old_one_is_retired(path, tmp_path):
    """A verifier that knows either key accepts; one that knows only the old is cut off at retirement, not before."""
    old = public(signing.load_keys(path)[0])
    signing.rotate_key(path)
    new = public(signing.load_keys(path)[0])
    both = Publication(tmp_path, "x.org", *signing.load_keys(path)).sign("list", 1, bytes(32))
    for known in (old, new):
        assert notes.verify(both, "x.org/list", known).size == 1
    signing.retire_keys(path)
    alone = Publication(tmp_path, "x.org", *signing.load_keys(path)).sign("list", 2, bytes(32))
    assert notes.verify(alone, "x.org/list", new).size == 2
    with pytest.raises(notes.BadNote):
        notes.verify(alone, "x.org/list", old)


def test_old_keys_stay_listed_so_that_old_checkpoints_stay_verifiable(path, tmp_path):
    """Newest first; the private halves are gone."""
    first = Publication(tmp_path, "x.org", *signing.load_keys(path)).sign("list", 1, bytes(32))
    for change in (signing.rotate_key, signing.rotate_key, signing.retire_keys):
        change(path)
    listed = signing.listed_keys(path)
    assert len(listed) == 3
    assert [public(key) for key in signing.load_keys(path)] == listed[:1]
    assert Publication(tmp_path, "x.org", listed=listed).verify("list", first).size == 1


def test_a_file_that_holds_something_else_is_refused(tmp_path):
    """Not silently signed with nothing."""
    path = tmp_path / "log.key"
    path.write_text("something else")
    with pytest.raises(ValueError, match="Ed25519"):
        signing.load_keys(path)
