"""A passkey of a test's own: it answers as a browser and a security key together would."""

import json
from hashlib import sha256
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from webauthn.helpers import bytes_to_base64url

from registry.accounts.rules import Answer, Site

HERE = Site("takeitdown.example", "https://takeitdown.example")
PRESENT, ATTESTED = 0x01, 0x40


class Authenticator:
    """One key pair, and how often it has signed."""

    def __init__(self, credential_id: bytes = b"a passkey's own id") -> None:
        """Make the pair."""
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.credential_id, self.count = credential_id, 0

    def make(self, offer: str, site: Site = HERE) -> Answer:
        """Answer the offer of a new passkey."""
        numbers = self.key.public_key().public_numbers()
        public = cbor2.dumps({1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32), -3: numbers.y.to_bytes(32)})
        length = len(self.credential_id).to_bytes(2)
        data = self._data(site, PRESENT | ATTESTED) + bytes(16) + length + self.credential_id + public
        attestation = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        return self._answer(offer, site, "webauthn.create", attestationObject=attestation)

    def sign(self, question: str, site: Site = HERE) -> Answer:
        """Answer a question."""
        self.count += 1
        data, client = self._data(site, PRESENT), self._client(question, site, "webauthn.get")
        signature = self.key.sign(data + sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        return self._answer(question, site, "webauthn.get", authenticatorData=data, signature=signature)

    def _data(self, site: Site, flags: int) -> bytes:
        return sha256(site.host.encode()).digest() + bytes([flags]) + self.count.to_bytes(4)

    def _client(self, question: str, site: Site, kind: str) -> bytes:
        asked = json.loads(question)["challenge"]
        return json.dumps({"type": kind, "challenge": asked, "origin": site.origin}).encode()

    def _answer(self, question: str, site: Site, kind: str, **parts: bytes) -> Answer:
        name = bytes_to_base64url(self.credential_id)
        parts["clientDataJSON"] = self._client(question, site, kind)
        response: dict[str, Any] = {part: bytes_to_base64url(value) for part, value in parts.items()}
        credential = {"id": name, "rawId": name, "type": "public-key", "response": response}
        return Answer(json.dumps(credential), question, HERE)
