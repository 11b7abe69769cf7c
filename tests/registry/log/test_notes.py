"""Signed notes and checkpoints."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from registry.log import notes

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = KEY.public_key().public_bytes_raw()
CHECKPOINT = notes.Checkpoint("example.org/list", 42, bytes(range(32)))


def test_a_signed_checkpoint_reads_back():
    """Sign, verify."""
    assert notes.verify(notes.sign(CHECKPOINT, KEY), "example.org/list", PUBLIC) == CHECKPOINT


def test_a_note_has_the_published_form():
    """c2sp.org/tlog-checkpoint: three lines, an empty one, a signature line that begins with an em dash."""
    note = notes.sign(CHECKPOINT, KEY)
    text, signatures = note.split("\n\n")
    assert text.split("\n") == ["example.org/list", "42", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="]
    assert signatures.startswith("— example.org/list ")
    assert note.endswith("\n")


def test_a_verifier_key_has_the_published_form():
    """Name, four bytes of hash, algorithm byte and key."""
    name, short, blob = notes.verifier_key("example.org/list", PUBLIC).split("+", 2)
    assert (name, len(short), blob[:2]) == ("example.org/list", 8, "AQ")


@pytest.mark.parametrize(
    "change",
    [
        lambda note: note.replace("42", "43", 1),
        lambda note: note.replace("example.org/list\n", "example.org/lost\n", 1),
        lambda note: note.replace("AAEC", "AAED", 1),
        lambda note: note.split("\n\n")[0] + "\n",
        lambda note: note.replace("42", "042", 1),
        lambda note: note.replace("42", "-1", 1),
        lambda note: "",
    ],
)
def test_a_changed_note_is_refused(change):
    """Origin, size, root and signature all hold together."""
    with pytest.raises(notes.BadNote):
        notes.verify(change(notes.sign(CHECKPOINT, KEY)), "example.org/list", PUBLIC)


def test_a_note_signed_by_somebody_else_is_refused():
    """The key's name alone proves nothing."""
    note = notes.sign(CHECKPOINT, Ed25519PrivateKey.generate())
    with pytest.raises(notes.BadNote):
        notes.verify(note, "example.org/list", PUBLIC)
