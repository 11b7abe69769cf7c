"""The `takeitdown` command."""

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from takeitdown_client import VERSION, tree
from takeitdown_client.service import Refused, Service, Unreachable
from takeitdown_client.store import Store
from takeitdown_client.tree import NotHeld

NO_MATCH, NOT_HELD, REFUSED, UNREACHABLE = 1, 3, 4, 5
BAR = 30
DECISIONS = (
    "removed", "restricted", "blocked_at_upload", "not_violating", "already_gone", "not_found", "cannot_scan", "error",
)  # fmt: skip


def main(words: Sequence[str] | None = None) -> int:
    """Do what the command line says; give the exit code."""
    whole = parser()
    asked = whole.parse_args(words)
    if asked.does in (match, ask) and not (asked.pdq or asked.md5):
        whole.error("give --pdq or --md5, or both")
    try:
        return int(asked.does(asked))
    except NotHeld as error:
        return _say(f"NOT VERIFIED: {error}", NOT_HELD)
    except Refused as error:
        return _say(f"refused: {error}", REFUSED)
    except Unreachable as error:
        return _say(f"unreachable: {error}", UNREACHABLE)
    except BrokenPipeError:  # whoever reads our answer, such as `head`, has read enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def parser() -> argparse.ArgumentParser:
    """Give the command line's parser."""
    whole = argparse.ArgumentParser(prog="takeitdown", description=__doc__)
    whole.add_argument("--version", action="version", version=VERSION)
    verbs = whole.add_subparsers(required=True)
    store = argparse.ArgumentParser(add_help=False)
    store.add_argument("--store", type=Path, default=Path("takeitdown.db"), help="the file that holds the copy")
    url = argparse.ArgumentParser(add_help=False)
    url.add_argument("--url", required=True, help="the service's address; the key is read from TAKEITDOWN_KEY")
    sync_ = verbs.add_parser("sync", parents=[store, url], help="fetch what is new, and verify it")
    sync_.add_argument("--trust-key", default="", help="the log's verifier key, instead of the one trusted before")
    sync_.set_defaults(does=sync)
    verbs.add_parser("verify", parents=[store], help="check the copy again").set_defaults(does=verify)
    match_ = verbs.add_parser("match", parents=[store], help="look digests up; 0 when one is on the list, 1 when not")
    match_.add_argument("--pdq", type=_hex(64))
    match_.add_argument("--md5", type=_hex(32))
    match_.set_defaults(does=match)
    ask_ = verbs.add_parser("ask", parents=[url], help="let the service match, and hold nothing; exit codes as match")
    ask_.add_argument("--pdq", type=_hex(64))
    ask_.add_argument("--md5", type=_hex(32))
    ask_.set_defaults(does=ask)
    check_ = verbs.add_parser("check-bundle", help="check a signed bundle, without the service when a key is given")
    check_.add_argument("file", type=Path)
    check_.add_argument("--url", help="where to fetch the audit log's verifier key")
    check_.add_argument("--trust-key", default="", help="the audit log's verifier key")
    check_.set_defaults(does=check_bundle)
    export_ = verbs.add_parser("export", parents=[store], help="write every digest of a type, one a line")
    export_.add_argument("--type", choices=["pdq", "md5"], required=True)
    export_.set_defaults(does=export)
    removed_ = verbs.add_parser("removed", parents=[store], help="write what the copy held and let go: leaf, entry")
    removed_.add_argument("--after", type=int, default=-1, help="only what left after this leaf")
    removed_.set_defaults(does=removed)
    report_ = verbs.add_parser("report", parents=[url], help="say what you did about a match")
    report_.add_argument("--entry", required=True)
    report_.add_argument("--decision", choices=DECISIONS, required=True)
    report_.add_argument("--decided-at", required=True, help="UTC, such as 2026-11-23T22:15:00Z")
    report_.add_argument("--removed-at")
    report_.add_argument("--count-band", choices=["0", "1", "2-9", "10+"], default="")
    report_.add_argument("--matched-at", help="the first match: the 48 hours begin here")
    report_.add_argument("--corrects", default="")
    report_.set_defaults(does=report)
    return whole


def sync(asked: argparse.Namespace) -> int:
    """Bring the copy up to date."""
    store = Store(asked.store)
    try:
        size = _service(asked).sync(store, _progress, asked.trust_key)
    finally:
        store.close()
    return _say(f"verified: {size} leaves" if size else "verified: nothing is on the list yet", 0)


def verify(asked: argparse.Namespace) -> int:
    """Check the copy again."""
    store = Store(asked.store)
    try:
        count = store.verify()
    finally:
        store.close()
    return _say(f"verified: {count} live entries", 0)


def match(asked: argparse.Namespace) -> int:
    """Look digests up."""
    store = Store(asked.store)
    try:
        found = list(store.matches(asked.pdq or "", asked.md5 or ""))
    finally:
        store.close()
    for each in found:
        print(each.entry, each.type, each.distance)  # noqa: T201 - the command's answer
    return 0 if found else NO_MATCH


def ask(asked: argparse.Namespace) -> int:
    """Let the service look digests up."""
    named = [{"type": name, "digest": digest} for name, digest in (("pdq", asked.pdq), ("md5", asked.md5)) if digest]
    found = [match for matches in _service(asked).ask(named) for match in matches]
    for each in found:
        print(each["entry"], each["kind"], each["likeness"])  # noqa: T201 - the command's answer
    return 0 if found else NO_MATCH


def check_bundle(asked: argparse.Namespace) -> int:
    """Check that a bundle is whole, and that the signed audit log names it."""
    key = asked.trust_key or (_service(asked).key_of("audit") if asked.url else "")
    if not key:
        raise Refused("Give --trust-key, or --url to fetch it from.")
    about = tree.check_bundle(asked.file.read_bytes(), key)
    return _say(f"verified: {about['organisation']}, {about['since']} to {about['until']}, made {about['made_at']}", 0)


def export(asked: argparse.Namespace) -> int:
    """Write every digest of a type."""
    store = Store(asked.store)
    try:
        for digest in store.digests(asked.type):
            print(digest)  # noqa: T201 - the command's answer
    finally:
        store.close()
    return 0


def removed(asked: argparse.Namespace) -> int:
    """Write the entries that the copy held and let go, for whoever holds copies of their own."""
    store = Store(asked.store)
    try:
        for leaf, entry in store.gone(asked.after):
            print(leaf, entry)  # noqa: T201 - the command's answer
    finally:
        store.close()
    return 0


def report(asked: argparse.Namespace) -> int:
    """Say what was done about a match."""
    names = ("entry", "decision", "decided_at", "removed_at", "count_band", "corrects", "matched_at")
    recorded = _service(asked).report({name: getattr(asked, name) for name in names})
    print(recorded["reference"])  # noqa: T201 - the command's answer
    return 0


def _service(asked: argparse.Namespace) -> Service:
    return Service(asked.url, os.environ.get("TAKEITDOWN_KEY", ""))


def _hex(length: int) -> Callable[[str], str]:
    def read(text: str) -> str:
        if len(text) != length or set(text.lower()) - set("0123456789abcdef"):
            raise argparse.ArgumentTypeError(f"{length} hexadecimal digits are needed")
        return text.lower()

    return read


def _progress(leaves: int, size: int) -> None:
    """Draw how far it is, where somebody watches."""
    if sys.stderr.isatty():
        part = leaves / size if size else 1.0
        bar = "#" * round(part * BAR)
        sys.stderr.write(f"\r[{bar:<{BAR}}] {part:4.0%} of {size:,} leaves{'' if leaves < size else chr(10)}")
        sys.stderr.flush()


def _say(text: str, code: int) -> int:
    sys.stderr.write(f"{text}\n")
    return code


if __name__ == "__main__":
    sys.exit(main())
