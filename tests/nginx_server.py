"""A real nginx with the configuration that is shipped, in front of a real public service, on this machine alone."""

import os
import re
import shutil
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

DEPLOY = Path(__file__).resolve().parent.parent / "deploy"
NAME, SEIZED = "check.force.example", "seized.example"
# Where Debian puts it, which is not on everybody's path.
PROGRAM = shutil.which("nginx", path=os.environ.get("PATH", "") + os.pathsep + "/usr/sbin")
_FRAME = """
{user}
worker_processes 1;
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/log/all.log notice;
events {{ worker_connections 512; }}
http {{
    include /etc/nginx/mime.types;
    {temporary}
    include {folder}/conf.d/*.conf;
}}
"""
_TEMPORARY = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def write_configuration(folder: Path, *, service: int) -> SimpleNamespace:
    """The shipped files with this folder's paths and free ports. Nothing else of them is changed."""
    plain, tls = free_port(), free_port()
    for name in ("conf.d", "snippets", "log", "ssl", "temporary", "notices", "acme"):
        (folder / name).mkdir()
    shutil.copytree(DEPLOY / "pages", folder / "pages")
    for path in (DEPLOY / "nginx").glob("*.conf"):
        text = re.sub(r"(?m)^ *listen \[::\].*\n", "", path.read_text())
        text = text.replace("listen 80", f"listen 127.0.0.1:{plain}").replace("listen 443", f"listen 127.0.0.1:{tls}")
        text = text.replace("/srv/ringback/", f"{folder}/").replace("/etc/ssl/ringback/", f"{folder}/ssl/")
        text = text.replace("/var/lib/nginx/ringback", f"{folder}/cache").replace("/var/log/nginx/", f"{folder}/log/")
        text = text.replace("include snippets/", f"include {folder}/snippets/")
        text = text.replace("127.0.0.1:8464", f"127.0.0.1:{service}")
        assert not re.search(r"/srv/|/etc/|/var/", text), path
        place = "conf.d" if path.name in ("ringback-check.conf", "ringback-seized.conf") else "snippets"
        (folder / place / path.name).write_text(text)
    write_certificate(folder / "ssl" / "check", NAME)
    write_certificate(folder / "ssl" / "seized", SEIZED)
    temporary = "\n    ".join(f"{one}_temp_path {folder}/temporary/{one};" for one in _TEMPORARY)
    # As root it would serve as somebody who cannot look into this folder.
    user = "user root;" if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(_FRAME.format(folder=folder, temporary=temporary, user=user))
    return SimpleNamespace(folder=folder, plain=plain, tls=tls)


def write_certificate(place: Path, name: str) -> None:
    """A certificate that nobody but the test trusts: `place`.pem and `place`.key."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False).sign(key, hashes.SHA256())
    )  # fmt: skip
    place.with_suffix(".pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    place.with_suffix(".key").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )


@contextmanager
def running_service(bundle: Path, port: int) -> Iterator[subprocess.Popen]:
    """`ringback serve public` as its unit file starts it, on this port."""
    command = [sys.executable, "-m", "ringback.cli.main", "serve", "public", str(bundle), "--port", str(port)]
    command += ["--trusted-hops", "1", "--hostname", NAME]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert any("serving" in line for line in process.stderr), "it did not begin to serve"
            yield process
        finally:
            process.kill()


@contextmanager
def running_nginx(made: SimpleNamespace) -> Iterator[None]:
    """nginx with this configuration, until the end."""
    command = [PROGRAM, "-p", str(made.folder), "-c", str(made.folder / "nginx.conf")]
    subprocess.run([*command, "-t", "-q"], check=True)
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
        try:
            until = time.monotonic() + 20
            while time.monotonic() < until:
                with suppress(OSError), socket.create_connection(("127.0.0.1", made.tls), timeout=1):
                    break
                time.sleep(0.05)
            yield
        finally:
            process.terminate()


def exchange(port: int, sent: bytes, *, name: str = NAME, tls: bool = True) -> str:
    """What comes back for these bytes until the connection ends, as text."""
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        used = connection
        if tls:
            trusting = ssl.create_default_context()
            trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
            used = trusting.wrap_socket(connection, server_hostname=name)
        got = b""
        with suppress(ConnectionResetError, BrokenPipeError, ssl.SSLError):
            used.sendall(sent)
            while more := used.recv(65536):
                got += more
    return got.decode("utf-8", "replace")
