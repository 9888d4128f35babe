"""TLS: what Mozilla's intermediate profile lets in and what it does not, and clients that never finish their handshake."""
import shutil
import ssl
import subprocess
import time

from support.own_server import DidNotStart, OwnServer
from support.target import Target
from support.wire import Wire

CONFIG = "tls: {certificate: server.pem, key: server.key}\n"
GOOD_12 = ("ECDHE-RSA-AES128-GCM-SHA256", "ECDHE-RSA-AES256-GCM-SHA384", "ECDHE-RSA-CHACHA20-POLY1305")
BAD_12 = ("AES128-SHA", "AES256-SHA", "AES128-GCM-SHA256", "AES256-GCM-SHA384", "AES128-SHA256", "ECDHE-RSA-AES128-SHA",
          "ECDHE-RSA-AES256-SHA384", "CAMELLIA128-SHA", "aNULL", "eNULL", "ADH", "DES-CBC3-SHA", "RC4-SHA", "PSK")


class TlsServer(OwnServer):
    @property
    def target(self):
        return Target(f"https://127.0.0.1:{self.port}", self.token)


def run(attack, report):
    if shutil.which("openssl") is None:
        report.note("tls: left out without the program openssl")
        return
    with TlsServer(attack.program, config=CONFIG) as server:
        _make_certificate(server.folder)
        server.start()
        with report.group("tls: versions and ciphers"):
            _versions(server, report)
        with report.group("tls: handshakes that do not end"):
            _handshakes(server, report)
    with report.group("tls: keys and certificates that are none"):
        _wrong_files(attack, report)


def _make_certificate(folder):
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
               "-keyout", str(folder / "server.key"), "-out", str(folder / "server.pem")]
    subprocess.run(command, check=True, capture_output=True)
    (folder / "server.key").chmod(0o600)


def _context(low, high, ciphers=None):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    if ciphers:
        context.set_ciphers(f"{ciphers}:@SECLEVEL=0")
    context.minimum_version, context.maximum_version = low, high
    return context


def _accepts(server, context):
    try:
        with Wire(server.target.address, context, timeout=10) as wire:
            wire.send(server.target.request("GET", "/healthz", token=""))
            return wire.answer().status == 200
    except (ssl.SSLError, OSError):
        return False


def _versions(server, report):
    version = ssl.TLSVersion
    report.check(_accepts(server, _context(version.TLSv1_3, version.TLSv1_3)), "TLS 1.3")
    for cipher in GOOD_12:
        report.check(_accepts(server, _context(version.TLSv1_2, version.TLSv1_2, cipher)), f"TLS 1.2 with {cipher}")
    for cipher in BAD_12:
        try:
            context = _context(version.TLSv1_2, version.TLSv1_2, cipher)
        except ssl.SSLError:
            continue  # this machine's own library does not know it any more
        report.check(not _accepts(server, context), f"not TLS 1.2 with {cipher}")
    for old in (version.TLSv1, version.TLSv1_1):
        report.check(not _accepts(server, _context(old, old, "ALL")), f"not {old.name}")
    tickets = _context(version.TLSv1_3, version.TLSv1_3)
    report.check(all(_accepts(server, tickets) for _ in range(20)), "20 sessions in a row")


def _handshakes(server, report):
    """In plain HTTP, with half a hello, with a hello that no one needs, and with nothing: the server ends them all in time."""
    plain = Target(f"http://127.0.0.1:{server.port}")
    hello = bytes.fromhex("160301006c010000680303")
    pieces = {"plain HTTP": plain.request("GET", "/healthz"), "half a hello": hello, "a hello of nonsense": hello + b"\xff" * 200,
              "nothing": b"", "a record of 2^16": b"\x16\x03\x03\xff\xff" + b"\0" * 70_000, "an alert": b"\x15\x03\x03\x00\x02\x02\x00"}
    wires, begin = [], time.monotonic()
    for data in pieces.values():
        wires.append(plain.connect(timeout=20))
        try:
            wires[-1].send(data)
        except OSError:
            pass
    report.check(server.target.is_alive(), "others are served beside them")
    for name, wire in zip(pieces, wires):
        closed = _ends(wire, 16 - (time.monotonic() - begin))
        report.check(closed, f"{name} is ended in time")
        wire.close()
    report.check(server.target.is_alive(), "it is alive")


def _ends(wire, seconds):
    wire.socket.settimeout(max(seconds, 0.1))
    try:
        while wire.socket.recv(65536):
            pass
        return True
    except TimeoutError:
        return False
    except OSError:
        return True


def _wrong_files(attack, report):
    for name, spoil in {"a key of another certificate": _other_key, "an empty key": lambda folder: (folder / "server.key").write_bytes(b""),
                        "no certificate": lambda folder: (folder / "server.pem").unlink(),
                        "a certificate that is none": lambda folder: (folder / "server.pem").write_bytes(b"none\n"),
                        "a key that others may write": lambda folder: (folder / "server.key").chmod(0o666)}.items():
        with TlsServer(attack.program, config=CONFIG) as server:
            _make_certificate(server.folder)
            spoil(server.folder)
            try:
                server.start(patience=5)
                report.check(False, f"{name}: it does not start")
            except DidNotStart as error:
                report.check("server." in str(error) and "exit code -" not in str(error), f"{name}: refused by the file's name", error)


def _other_key(folder):
    certificate = (folder / "server.pem").read_bytes()
    _make_certificate(folder)
    (folder / "server.pem").write_bytes(certificate)
