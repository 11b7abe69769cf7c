"""An exchange for threatexchange and HMA, with the service's address in its credentials."""

import typing as t
from dataclasses import dataclass, field
from types import SimpleNamespace

from threatexchange.exchanges import auth
from threatexchange.exchanges.clients.ncmec.hash_api import NCMECHashAPI
from threatexchange.exchanges.collab_config import CollaborationConfigWithDefaults
from threatexchange.exchanges.impl.ncmec_api import NCMECSignalExchangeAPI
from threatexchange.extensions.manifest import ThreatExchangeExtensionManifest

NAME = "takeitdown"


@dataclass
class TakeItDownConfig(CollaborationConfigWithDefaults):
    """A collaboration; there is nothing to set but its name."""

    api: str = field(init=False, default=NAME)
    only_esp_ids: set[int] = field(default_factory=set, metadata={"help": "Leave this empty."})


@dataclass
class TakeItDownCredentials(auth.CredentialHelper):
    """A key's name, the key, and the address: `name,key,https://…/ncmec`."""

    ENV_VARIABLE: t.ClassVar[str] = "TX_TAKEITDOWN_CREDENTIALS"
    FILE_NAME: t.ClassVar[str] = "~/.tx_takeitdown_credentials"

    name: str = field(metadata={"help": "The key's public name, tid_…"})
    key: str = field(metadata={"help": "The key, tid_live_…"})
    url: str = field(metadata={"help": "The service's address, ending in /ncmec"})

    @classmethod
    def _from_str(cls, s: str) -> "TakeItDownCredentials":
        parts = [*s.strip().split(","), "", "", ""]
        return cls(*parts[:3])

    def _are_valid(self) -> bool:
        return bool(self.name and self.key and self.url)


class TakeItDownExchange(NCMECSignalExchangeAPI):
    """The list by its NCMEC dialect, wherever it is served."""

    def __init__(self, collab: t.Any, credentials: TakeItDownCredentials) -> None:
        """Nothing is asked yet."""
        super().__init__(collab, credentials.name, credentials.key)
        self.url = credentials.url
        # The exchange we build on reads an environment, whose value is an address.
        self.collab = t.cast("t.Any", SimpleNamespace(environment=None, only_esp_ids=collab.only_esp_ids))

    @classmethod
    def for_collab(cls, collab: t.Any, credentials: t.Any = None) -> "TakeItDownExchange":
        """Make the exchange of a collaboration."""
        return cls(collab, credentials or TakeItDownCredentials.get(cls))

    @classmethod
    def get_name(cls) -> str:
        """Give the name that configurations know it by."""
        return NAME

    @staticmethod
    def get_config_cls() -> t.Any:
        """Give the class of its collaborations."""
        return TakeItDownConfig

    @staticmethod
    def get_credential_cls() -> t.Any:
        """Give the class of its credentials."""
        return TakeItDownCredentials

    def get_client(self, environment: t.Any) -> NCMECHashAPI:  # noqa: ARG002 - the address is in the credentials
        """Give the field's own client, at our address."""
        return NCMECHashAPI(
            self._username, self._password, t.cast("t.Any", SimpleNamespace(value=self.url.rstrip("/")))
        )


TX_MANIFEST = ThreatExchangeExtensionManifest(apis=(TakeItDownExchange,))
