"""An independent auditor: RFC 6962 and the note format from their texts, nothing of ours but rows and files."""

import json
from base64 import b64decode
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from tests.registry.log import rfc6962


def objections(rows, notes, public, live=None, kept=None):
    """Give what is wrong.

    `rows`: (leaf_index, record, leaf_hash, event, subject, published) in order; `notes`: signed notes, the last one
    kept outside the database; `live`: the derived set of (subject, commitment); `kept`: the records outside.
    """
    wrong = []
    records = [row[1].encode() for row in rows]
    if [row[0] for row in rows] != list(range(len(rows))):
        wrong.append("the indices are not dense")
    for index, record, hashed, event, subject, published in rows:
        line = json.loads(record)
        if bytes(hashed) != sha256(b"\0" + record.encode()).digest():
            wrong.append(f"the hash of leaf {index}")
        if (event, subject, published) != (line["event"], line["subject"], line.get("published")):
            wrong.append(f"the columns of leaf {index}")
    for note in notes:
        text, signature = note.rstrip("\n").split("\n\n")
        _, size, root = text.split("\n")
        try:
            blob = b64decode(signature.split(" ")[2], validate=True)
            Ed25519PublicKey.from_public_bytes(public).verify(blob[4:], f"{text}\n".encode())
        except (InvalidSignature, ValueError):
            wrong.append(f"the signature at {size}")
        if int(size) > len(records) or rfc6962.tree_hash(records[: int(size)]) != b64decode(root):
            wrong.append(f"the root at {size}")
    if live is not None and live != fold(rows):
        wrong.append("the live set")
    if kept is not None and kept != [row[1] for row in rows]:
        wrong.append("the journal")
    return wrong


def fold(rows):
    """Give the (subject, commitment) that are live after these rows."""
    live = {}
    for row in rows:
        line = json.loads(row[1])
        if line["event"] in {"list", "resume", "restore", "weigh"}:
            live[line["subject"]] = line["commit"]
        elif line["event"] != "state":
            live.pop(line["subject"], None)
    return set(live.items())
