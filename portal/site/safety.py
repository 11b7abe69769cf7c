"""What production will not start with. Plain Python: takes values, says what is wrong with them."""

from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

MINIMUM_SECRET = 50
LONGEST_WINDOW = 50
"""Seconds. A withdrawal is published within a minute."""
FEWEST_CANARIES = 50


def unsafe_settings(
    secret_key: str, allowed_hosts: Sequence[str], site_origin: str, https: bool, environment: Mapping[str, str]
) -> list[str]:
    """Say, one sentence a fault, which settings are unsafe in production; an empty list means none."""
    faults = []
    if len(secret_key) < MINIMUM_SECRET or len(set(secret_key)) < 10:
        faults.append(f"SECRET_KEY must be random and at least {MINIMUM_SECRET} characters")
    if not allowed_hosts or "*" in allowed_hosts:
        faults.append("ALLOWED_HOSTS must name the hosts served, not be empty and not '*'")
    if not https:
        faults.append("HTTPS must not be switched off")
    if not site_origin.startswith("https://"):
        faults.append("SITE_ORIGIN must be the public https:// origin")
    if not environment.get("DATABASE_URL"):
        faults.append("DATABASE_URL must name the database; the embedded one is for demonstrations")
    if not environment.get("FIELD_ENCRYPTION_KEYS"):
        faults.append("FIELD_ENCRYPTION_KEYS must hold at least one key; what people write is encrypted under it")
    if not environment.get("REPORTER_ENCRYPTION_KEYS"):
        faults.append(
            "REPORTER_ENCRYPTION_KEYS must hold at least one Fernet key of its own, which closes what reporters write"
        )
    broker = urlsplit(environment.get("CELERY_BROKER_URL", "pgmq:"))
    if broker.scheme != "pgmq" and not broker.password:
        faults.append("CELERY_BROKER_URL must carry a password; whoever reaches a broker without one runs our tasks")
    if int(environment.get("CANARIES_EACH", FEWEST_CANARIES)) < FEWEST_CANARIES:
        faults.append(f"CANARIES_EACH must be at least {FEWEST_CANARIES}: they tell whose copy of the list leaked")
    return faults + _unsafe_log(environment)


def _unsafe_log(environment: Mapping[str, str]) -> list[str]:
    faults = []
    if environment.get("LOG_ORIGIN", "takeitdown.local") == "takeitdown.local":
        faults.append("LOG_ORIGIN must be the name under which the log signs, a host of yours")
    if not 0 <= float(environment.get("LOG_WINDOW_SECONDS", "0")) <= LONGEST_WINDOW:
        faults.append(f"LOG_WINDOW_SECONDS must be at most {LONGEST_WINDOW}: a withdrawal is published within a minute")
    return faults
