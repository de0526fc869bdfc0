"""The form of a bundle: the folder that the public host serves from, and all that it may know.

    BUNDLE/current                        the release that is served: one line, replaced in one step
    BUNDLE/public_key                     whose signature every release has
    BUNDLE/releases/P-003-<hash>/         one release; written beside its place and renamed, and never changed
        manifest.json, manifest.sig       its files with their digests, signed
        ...
    BUNDLE/inbox.sqlite                   what people asked, until it is collected

Reading needs no case and no key of a case.
"""

import base64
import hashlib
import json
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from ringback.errors import RingbackError
from ringback.files.atomic import clear_dead_temp_files, temp_path
from ringback.files.disk import unwritable
from ringback.files.durable import PRIVATE, fsync_folder, naming, put_in_place, write_file
from ringback.publishing import genuine_alerts, report_statuses
from ringback.publishing.genuine_alerts import GenuineAlerts
from ringback.publishing.report_statuses import ReportStatuses
from ringback.publishing.sign_files import FOLDER, open_sign_files
from ringback.text.data_files import DataFiles

FORMAT = 1
CURRENT, PUBLIC_KEY, RELEASES, INBOX = "current", "public_key", "releases", "inbox.sqlite"
MANIFEST, SIGNATURE, SITE, NOTICES = "manifest.json", "manifest.sig", "site.json", "notices"
CHECK_KEYS, STATUS_KEYS = "check.keys", "status.keys"
KNOWN, TIME_LINE, ORGANISATIONS, PICTURES = "known.json", "timeline.json", "organisations.json", "figures"
_SHORT = 12
_FOR_ALL = 0o644


@dataclass(frozen=True)
class Release:
    """One release of a bundle, whose signature and files were checked.

    Attributes:
        name: Its name, such as P-003-1a2b3c4d5e6f.
        folder: Its folder.
        manifest: What its manifest says.
    """

    name: str
    folder: Path
    manifest: Mapping[str, Any]

    @cached_property
    def site(self) -> dict[str, Any]:
        """What the pages say: see `preparation.Site`."""
        found: dict[str, Any] = json.loads((self.folder / SITE).read_text(encoding="utf-8"))
        return found

    @cached_property
    def alerts(self) -> GenuineAlerts:
        """The digests of genuine texts, with their keys."""
        return GenuineAlerts((self.folder / genuine_alerts.FILE_NAME).read_bytes(), self._read_keys(CHECK_KEYS))

    @cached_property
    def statuses(self) -> ReportStatuses | None:
        """What became of reports; None in a release from before there were any."""
        path = self.folder / report_statuses.FILE_NAME
        return ReportStatuses(path.read_bytes(), self._read_keys(STATUS_KEYS)) if path.exists() else None

    @property
    def report_recipient(self) -> str:
        """What reports are sealed to; '' in a release that takes none."""
        return str(self.site.get("report_recipient", ""))

    def _read_keys(self, name: str) -> dict[str, bytes]:
        told = json.loads((self.folder / name).read_text(encoding="utf-8"))
        return {key: bytes.fromhex(value) for key, value in told.items()}

    # A release of an earlier version of the program has none of the following.
    @cached_property
    def known(self) -> dict[str, Any]:
        """Figures that the public may read: see `known_figures.figure_files`; {} where it has none."""
        found: dict[str, Any] = self._read(KNOWN, {})
        return found

    @cached_property
    def timeline(self) -> list[dict[str, str]]:
        """The time line, the earliest entry first: see `timeline.Entry`."""
        found: list[dict[str, str]] = self._read(TIME_LINE, [])
        return found

    @cached_property
    def organisations(self) -> dict[str, dict[str, Any]]:
        """Organisations with their numbers, by the end of their path: see `organisation_numbers.list_organisations`."""
        return {one["slug"]: one for one in self._read(ORGANISATIONS, [])}

    @cached_property
    def pictures(self) -> dict[str, bytes]:
        """The SVG pictures of the figures, by name, such as calls-over-time-wide."""
        found = [Path(name) for name in self.manifest["files"] if name.startswith(f"{PICTURES}/")]
        return {one.stem: (self.folder / one).read_bytes() for one in found}

    def _read(self, name: str, otherwise: Any) -> Any:  # noqa: ANN401 - whatever JSON can hold
        path = self.folder / name
        return json.loads(path.read_text(encoding="utf-8")) if name in self.manifest["files"] else otherwise

    @cached_property
    def judged_by(self) -> DataFiles | None:
        """What the check for scams judges by; None for a release that was made before there was one.

        Raises:
            RingbackError: `bundle_damaged`.
        """
        try:
            listed = self.manifest["files"]
            files = {name: (self.folder / name).read_bytes() for name in listed if name.startswith(f"{FOLDER}/")}
            if any(hashlib.sha256(content).hexdigest() != listed[name]["sha256"] for name, content in files.items()):
                raise ValueError("they are not as they were published")
            return open_sign_files(files)
        except (OSError, ValueError) as error:
            raise RingbackError("bundle_damaged", what=f"{self.name}/{FOLDER}", problem=str(error)) from error


def content_hash(files: Mapping[str, bytes]) -> str:
    """SHA-256 over the names and contents of a release's files: what a second person approves."""
    listed = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    return hashlib.sha256(json.dumps(listed, sort_keys=True).encode()).hexdigest()


def release_name(publication: str, hash_: str) -> str:
    """The name of a release: that of its publication, and the beginning of its content's hash."""
    return f"{publication}-{hash_[:_SHORT]}"


def find_current(bundle: Path) -> str | None:
    """The name of the release that is served; None where nothing was published yet.

    Raises:
        RingbackError: `bundle_missing`.
    """
    try:
        name = (bundle / CURRENT).read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise RingbackError("bundle_missing", path=bundle.absolute(), problem=str(error)) from error
    return name if name and "/" not in name and not name.startswith(".") else None


def open_release(bundle: Path, *, key: str = "") -> Release:
    """The release that is served, after a check of its signature and of every file.

    Args:
        bundle: The bundle.
        key: The public key that has to have signed it, as base64; '' for the bundle's own.

    Raises:
        RingbackError: `bundle_missing` or `bundle_damaged`.
    """
    name = find_current(bundle)
    if name is None:
        raise RingbackError("bundle_missing", path=bundle.absolute(), problem="nothing was published there")
    folder = bundle / RELEASES / name
    try:
        manifest = (folder / MANIFEST).read_bytes()
        signature = (folder / SIGNATURE).read_text(encoding="ascii")
        signer = key or (bundle / PUBLIC_KEY).read_text(encoding="ascii").strip()
        public_key(signer).verify(base64.b64decode(signature, validate=True), manifest)
        told = json.loads(manifest)
        if told["format"] != FORMAT or told["release"] != name:
            raise ValueError("its manifest is that of another release, or of another program")
        for path, facts in told["files"].items():
            content = (folder / path).read_bytes()
            if hashlib.sha256(content).hexdigest() != facts["sha256"]:
                raise ValueError(f"{path} is not as it was published")
    except InvalidSignature as error:
        raise RingbackError("bundle_damaged", what=name, problem="its signature is not that of the case") from error
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise RingbackError("bundle_damaged", what=name, problem=str(error)) from error
    return Release(name, folder, told)


def public_key(text: str) -> Ed25519PublicKey:
    """The key of this text.

    Raises:
        ValueError: The text is none.
    """
    return Ed25519PublicKey.from_public_bytes(base64.b64decode(text, validate=True))


def public_text(key: Ed25519PrivateKey) -> str:
    """The public half of a key, as base64."""
    return base64.b64encode(key.public_key().public_bytes_raw()).decode()


def write_release(
    bundle: Path, name: str, files: Mapping[str, bytes], facts: Mapping[str, object], *, signer: Ed25519PrivateKey
) -> None:
    """Put a release into a bundle and serve it from now on: old or new, never half.

    The same release can be written again after an interruption.

    Args:
        bundle: The bundle; made if it is not there.
        name: The release's name.
        files: Content by path inside the release.
        facts: What the manifest says beside the files.
        signer: Signs the manifest.

    Raises:
        RingbackError: `bundle_of_another_case`, `disk_full` or `output_unwritable`.
    """
    try:
        (bundle / RELEASES).mkdir(parents=True, exist_ok=True)
        _pin(bundle, public_text(signer))
        clear_dead_temp_files(bundle / RELEASES)
        folder = bundle / RELEASES / name
        if not folder.exists():
            part = temp_path(folder)
            part.mkdir()
            try:
                with naming(part, folder):
                    _fill(part, name, files, facts, signer)
                put_in_place(part, folder)
            finally:
                shutil.rmtree(part, ignore_errors=True)
        _replace(bundle / CURRENT, name + "\n")
    except OSError as error:
        raise unwritable(bundle.absolute(), error) from error


def _fill(
    part: Path, name: str, files: Mapping[str, bytes], facts: Mapping[str, object], signer: Ed25519PrivateKey
) -> None:
    listed = {}
    for path, content in sorted(files.items()):
        (part / path).parent.mkdir(parents=True, exist_ok=True)
        mode = PRIVATE if path in (CHECK_KEYS, STATUS_KEYS) else _FOR_ALL
        listed[path] = asdict(write_file(part / path, content, mode=mode))
    told = {"format": FORMAT, "release": name, **facts, "files": listed}
    manifest = json.dumps(told, sort_keys=True, ensure_ascii=False, indent=1).encode() + b"\n"
    write_file(part / MANIFEST, manifest, mode=_FOR_ALL)
    write_file(part / SIGNATURE, base64.b64encode(signer.sign(manifest)), mode=_FOR_ALL)


def _pin(bundle: Path, signed_by: str) -> None:
    """Note whose bundle it is, or see that it is ours."""
    path = bundle / PUBLIC_KEY
    if not path.exists():
        _replace(path, signed_by + "\n")
    elif path.read_text(encoding="ascii", errors="replace").strip() != signed_by:
        raise RingbackError("bundle_of_another_case", path=bundle.absolute())


def _replace(path: Path, text: str) -> None:
    part = temp_path(path)
    try:
        write_file(part, text.encode(), mode=_FOR_ALL)
        part.replace(path)
        fsync_folder(path.parent)
    finally:
        part.unlink(missing_ok=True)
