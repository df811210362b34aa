#!/usr/bin/python3
"""recover.py: reads a Lifeboat backup vault without Lifeboat, and never changes it.

Needs Python 3.9 or newer with two packages: apt install python3-cryptography python3-zstandard

    python3 -I recover.py VAULT list                     what is there; needs no key
    python3 -I recover.py VAULT verify                   is every byte right? needs no key
    python3 -I recover.py VAULT show STREAM SEQ|latest   the clear head of a snapshot; needs no key
    python3 -I recover.py VAULT restore STREAM SEQ|latest TARGET --identity FILE [--path PREFIX]
                                                         the files, or those under a path
    python3 -I recover.py VAULT wal STREAM TARGET --identity FILE [--from LSN]
                                                         the PostgreSQL log, as segment files; that
                                                         of Redis as commands, see README.txt

The identity file is any text with a line AGE-SECRET-KEY-1..., like the recovery kit, or with what
`age -p -a` made of one: then the passphrase is asked for, or read from --passphrase-file FILE.
TARGET must be empty or absent; nobody else can enter it. Be root to get owners back. A PostgreSQL
cluster's tablespaces go to TARGET.tablespaces; README.txt says how to start a server on it. Give
--vault-id ID with the id that the kit states: then nobody can have put another vault in its place.
What is bad is named and left out, the rest is done; damaged log is zero bytes. A fork has SEQ-HASH,
as `list` shows it. What a key signed after it was stolen, as the operator says, is bad too, unless
you give --with-revoked.
Exit: 0 done, 1 failed, 2 usage, 3 done in part (named), 5 damage (named), 10 no vault,
12 no key fits, 15 refused.
"""
import sys
if __name__ == "__main__" and not (sys.flags.isolated or getattr(sys.flags, "safe_path", False)):
    del sys.path[0]  # a vault is data: nothing that lies beside this program is ever run

import argparse, base64, contextlib, errno, functools, getpass, hashlib, hmac, io, itertools, json
import os, re
import signal, stat, struct, tempfile
from types import SimpleNamespace

try:
    import zstandard
    from cryptography.exceptions import InvalidSignature, InvalidTag
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM, ChaCha20Poly1305
    from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
except ImportError as missing:
    sys.exit(f"recover.py: {missing}; apt install python3-cryptography python3-zstandard")

MIB, JUMP = 1 << 20, 10**6
SAFELY = os.O_NOFOLLOW | os.O_CLOEXEC

class Trouble(Exception):
    """A line of text, and the program's exit code."""
    def __init__(self, text, code=5):
        super().__init__(text)
        self.code = code

def say(text, to=None):
    """Prints one line; what could steer a terminal is escaped."""
    safe = "".join(c if c.isprintable() else ascii(c)[1:-1] for c in os.fsdecode(text))
    print(safe, file=to or sys.stdout, flush=True)

def note(vault, text, code=3):
    say(text)
    vault.code = max(vault.code, code)

@contextlib.contextmanager
def blaming(vault, name):
    """Names what fails inside; the program goes on, and its exit code will tell."""
    try:
        yield
    except (Trouble, OSError, OverflowError) as error:
        if getattr(error, "errno", 0) in (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EMFILE):
            raise
        note(vault, f"BAD  {os.fsdecode(name)}: {error}", getattr(error, "code", 5))

# ---- Names and files of the vault (section 2 of the format) --------------------------------------

LABEL = "[a-z0-9][a-z0-9_-]{0,62}"
STREAM = rf"{LABEL}\.{LABEL}\.{LABEL}"
NAMES = {
    "way out": r"README\.txt|recover\.py|format\.proto|format\.json",
    "host": rf"hosts/(?P<host>{LABEL})/(?P<number>(?!0{{6}})[0-9]{{6}})\.json",
    "revocation": rf"hosts/(?P<host>{LABEL})/revoked-(?P<hash>[0-9a-f]{{16}})\.json",
    "pack": r"packs/(?P<ab>[0-9a-f]{2})/(?P<id>(?P=ab)[0-9a-f]{62})",
    "snapshot": rf"snapshots/(?P<stream>{STREAM})/"
                r"(?P<seq>(?!0{10})[0-9]{10})-(?P<hash>[0-9a-f]{16})",
    "log": rf"log/(?P<stream>{STREAM})/(?P<epoch>[0-9a-f]{{8}})/"
           r"(?:history|(?P<from>[0-9a-f]{16})-(?P<to>[0-9a-f]{16}))-(?P<hash>[0-9a-f]{16})",
    "document": r"(?P<folder>gc|ledger|checks|reports|holds|kits)/"
                r"(?P<number>(?!0{10})[0-9]{10})-(?P<hash>[0-9a-f]{16})",
}

def names(vault, folder):
    """What lies below a folder, sorted: name, kind (None: foreign), the parts of the name."""
    def failed(error):
        if not isinstance(error, FileNotFoundError):
            note(vault, f"BAD  {error}", 5)
    for where, below, files in os.walk(os.path.join(vault.root, folder), onerror=failed):
        below.sort()
        for file in sorted(files):
            name = os.path.relpath(os.path.join(where, file), vault.root)
            found = ((kind, re.fullmatch(pattern, name)) for kind, pattern in NAMES.items())
            yield name, *next((pair for pair in found if pair[1]), (None, None))

def open_object(vault, name):
    """A regular file of the vault, never behind a symbolic link, and its size. It closes itself."""
    file = open(os.open(os.path.join(vault.root, name), SAFELY | os.O_NONBLOCK), "rb")
    if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        raise Trouble("is not a regular file")
    return file, os.fstat(file.fileno()).st_size

def read_at(file, offset, count):
    """Exactly `count` bytes. The callers have checked `count` against a limit."""
    file.seek(offset)
    data = file.read(count)
    if len(data) != count:
        raise Trouble("is cut short")
    return data

def hash_of(file, begin, end):
    found = hashlib.sha256()
    for offset in range(begin, end, MIB):
        found.update(read_at(file, offset, min(MIB, end - offset)))
    return found.hexdigest()

# ---- Signed documents (section 3) ----------------------------------------------------------------

HASH = re.compile("[0-9a-f]{64}")
TIME = re.compile(r"[0-9]{4}(-[0-9]{2}){2}T[0-9]{2}(:[0-9]{2}){2}(\.[0-9]{1,9})?Z")

def parse_json(data):
    def unique(pairs):
        if len(dict(pairs)) != len(pairs):
            raise ValueError
        return dict(pairs)
    try:  # int() refuses what is not a whole number
        value = json.loads(data.decode(), object_pairs_hook=unique, parse_float=int,
                           parse_constant=int)
        return dict(**value)
    except (ValueError, TypeError, RecursionError):
        raise Trouble("its JSON is malformed") from None

def want(document, **rules):
    """Each key must have a value of the type, the pattern (of a text) or just the value given."""
    for key, rule in rules.items():
        value = document.get(key) if isinstance(document, dict) else None
        if isinstance(rule, re.Pattern):
            good = isinstance(value, str) and rule.fullmatch(value)
        else:
            good = type(value) is rule or (type(value) is type(rule) and value == rule)
        if not good or (type(value) is int and not 0 <= value < 1 << 63):
            raise Trouble(f"`{key}` is missing, malformed or not what it must be")

def check_signature(key, signature, message):
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(key)).verify(signature, message)
    except (InvalidSignature, ValueError):
        raise Trouble("its signature is wrong: damaged or forged") from None

def parse_document(data):
    """The document and the key that signed it."""
    line2 = rb'\{"by":"([0-9a-f]{64})","signature":"([0-9a-f]{128})"\}'
    match = re.fullmatch(rb"([^\n]*)\n" + line2 + rb"\n", data)
    if not match or len(data) > MIB:
        raise Trouble("is not a signed document")
    key, signature = match[2].decode(), bytes.fromhex(match[3].decode())
    check_signature(key, signature, b"lifeboat/1/document\n" + match[1])
    return parse_json(match[1]), key

def host_key(vault, data, host, number=int):
    """The key that the document of a host enrols."""
    document, by = parse_document(data)
    want(document, format=1, type="host", vault=vault.id, host=host, number=number, key=HASH,
         environment=vault.environment, recipient=str, recipients=list, time=TIME)
    if by != vault.operator:
        raise Trouble("is not signed by the operator of this vault")
    return document["key"]

def read_host(vault, data, host, number):
    """Notes what the document of a host enrols, and which of the host's keys it calls revoked."""
    vault.keys.add((host, host_key(vault, data, host, number)))
    for key in map(str, parse_document(data)[0].get("revoked", [])):
        vault.revoked.setdefault((host, key), [])

def read_carried(vault, name, host):
    """Notes which keys the enrolment in a head calls revoked, should hosts/ have lost it."""
    with contextlib.suppress(Trouble, OSError):  # a bad head is named when it is used
        file, size = open_object(vault, name)
        length = int.from_bytes(read_at(file, 8, 4), "big")
        head = parse_json(read_at(file, 12, length)) if length < min(size, 16 * MIB) else {}
        text = head.get("enrolment")
        if isinstance(text, str) and text not in vault.carried:
            vault.carried.add(text)
            data = text.encode("utf-8", "replace")
            host_key(vault, data, host)
            for key in map(str, parse_document(data)[0].get("revoked", [])):
                vault.revoked.setdefault((host, key), [])

def read_revocation(vault, data, match):
    """Notes keys of a host that do not count any more, and what they signed that still does."""
    if hashlib.sha256(data).hexdigest()[:16] != match["hash"]:
        raise Trouble("its bytes are not those of its name: damaged")
    document, by = parse_document(data)
    want(document, format=1, type="revocation", vault=vault.id, host=match["host"], keys=list,
         environment=vault.environment, since=TIME, time=TIME, trusted=list)
    if by != vault.operator:
        raise Trouble("is not signed by the operator of this vault")
    if not all(isinstance(key, str) for key in document["keys"]) or not all(
            isinstance(mark, str) and re.fullmatch("[0-9a-f]{32}", mark)
            for mark in document["trusted"]):
        raise Trouble("what it lists is malformed")
    whole, _, part = document["since"][:-1].partition(".")
    for key in document["keys"]:
        listed = ((whole, part.ljust(9, "0")), set(document["trusted"]))
        vault.revoked.setdefault((match["host"], key), []).append(listed)

def check_key(vault, host, key, name):
    """A key must not be revoked, unless its earliest revocations list the object by its name."""
    known = vault.revoked.get((host, key))
    if known is None or vault.with_revoked:
        return
    earliest = min((since for since, _ in known), default=None)
    mark = hashlib.sha256(name.encode()).hexdigest()[:32]
    if not any(since == earliest and mark in listed for since, listed in known):
        raise Trouble(f"is signed by a key of {host} that the operator revoked: not trusted")

TYPES = {"gc": "collection", "ledger": "ledger", "checks": "check", "reports": "report",
         "holds": "hold", "kits": "kit"}

def check_document(vault, data, name, match):
    """A numbered document must be what its name commits to, and of an enrolled host."""
    if hashlib.sha256(data).hexdigest()[:16] != match["hash"]:
        raise Trouble("its bytes are not those of its name: damaged")
    document, by = parse_document(data)
    want(document, format=1, type=TYPES[match["folder"]], vault=vault.id,
         host=re.compile(LABEL), time=TIME)
    if "number" in document:  # those of the first versions have none
        want(document, number=int(match["number"]))
    if (document["host"], by) not in vault.keys:
        enrolment = str(document.get("enrolment", "")).encode("utf-8", "replace")
        if not enrolment or host_key(vault, enrolment, document["host"]) != by:
            raise Trouble("is signed by no enrolled key of its host: forged, or hosts/ is bad")
    check_key(vault, document["host"], by, name)

def open_vault(root, wanted, identities, with_revoked):
    """A vault whose identity is checked; `keys` are the (host, key) that may sign heads."""
    vault = SimpleNamespace(root=root, identities=identities, keys=set(), code=0, revoked={},
                            with_revoked=with_revoked, carried=set())
    if not os.path.lexists(os.path.join(root, "format.json")):
        raise Trouble(f"{root}: there is no vault here (no format.json)", 10)
    try:
        file, _ = open_object(vault, "format.json")
        document, vault.operator = parse_document(file.read(MIB + 1))
        vault.id = hashlib.sha256(bytes.fromhex(vault.operator)).hexdigest()
        if wanted and vault.id != wanted:
            raise Trouble(f"this is not vault {wanted}: its id is {vault.id}")
        if document.get("format") != 1 or document.get("read") != []:
            raise Trouble("this vault is of a newer format than this program can read", 1)
        want(document, type="format", vault=vault.id, operator=vault.operator, environment=str,
             write=list, gc=list)
    except Trouble as error:
        raise Trouble(f"format.json: {error}", error.code) from None
    vault.environment = document["environment"]
    hint = "" if wanted else ". COMPARE this id with the kit's, or give --vault-id"
    say(f"vault {vault.id}{hint}", sys.stderr)
    for name, kind, match in names(vault, "hosts"):
        with blaming(vault, name):
            if kind:
                data = open_object(vault, name)[0].read(MIB + 1)
                if kind == "host":
                    read_host(vault, data, match["host"], int(match["number"]))
                else:
                    read_revocation(vault, data, match)
    for name, kind, match in names(vault, "snapshots"):
        if kind:
            read_carried(vault, name, match["stream"].split(".")[0])
    return vault

# ---- Sealed objects (section 4) ------------------------------------------------------------------

ENVELOPES = {"pack": {"data", "index"}, "snapshot": {"index"}, "log": {"data"}}
FRAMES = {"pack": (2, 3), "snapshot": (3,), "log": (2,)}

class Sealed:
    """A pack, or the body of a signed object: frames, each encrypted on its own."""
    def __init__(self, vault, file, base, size, kind):
        self.vault, self.file, self.base, self.size, self.kind = vault, file, base, size, kind
        start = self.read(0, 12)
        length = int.from_bytes(start[8:], "big")
        if start[:8] != b"LBSEALED" or length > MIB or 28 + length > size:
            raise Trouble("is not a sealed object, or is cut short")
        start += self.read(12, length)
        self.first, self.sum = 12 + length, hashlib.sha256(start).digest()
        self.header, self.ciphers = parse_json(start[12:]), {}
        want(self.header, format=1, type=kind, vault=vault.id, host=re.compile(LABEL),
             **{name: str for name in ENVELOPES[kind]})
        if ENVELOPES["pack"] & set(self.header) != ENVELOPES[kind]:
            raise Trouble("it has not the envelopes of its type")
        tail = self.read(size - 16, 16)
        self.end = int.from_bytes(tail[:8], "big")
        if tail[8:] != b"LBTAIL01" or not self.first <= self.end <= size - 16:
            raise Trouble("its tail is malformed")

    def read(self, offset, count):
        return read_at(self.file, self.base + offset, count)

    def frame(self, offset):
        """A frame's 12 bytes and what they state, all within the limits."""
        limit = self.end if offset < self.end else self.size - 16
        if not self.first <= offset <= limit - 28:
            raise Trouble("a frame lies outside of it")
        head = self.read(offset, 12)
        stored, plain, kind, codec, zero = struct.unpack(">IIBBH", head)
        if kind not in (1, 2, 3) or (kind == 1) != (offset == self.end) or codec > 1 or zero \
                or plain > (16 if kind == 1 else 4) * MIB or not 16 <= stored <= plain + 1024 \
                or stored > limit - offset - 12 or (codec == 0 and stored != plain + 16):
            raise Trouble("a frame's header is malformed")
        return head, stored, plain, kind, codec

    def walk(self):
        """The offset and the plain length of every frame, the directory excepted."""
        offset = self.first
        while offset < self.end:
            _, stored, plain, kind, _ = self.frame(offset)
            if kind not in FRAMES[self.kind]:
                raise Trouble("it holds a frame that does not belong there")
            yield offset, plain
            offset += 12 + stored

    def check(self):
        """Checks what can be checked without a key; returns the plain lengths of the frames."""
        lengths = [plain for _, plain in self.walk()]
        end = self.end + 16 + (12 + self.frame(self.end)[1] if self.kind == "pack" else 0)
        exponent = end.bit_length() - 1
        unit = min(65536, 1 << exponent - exponent.bit_length())
        if self.size != -(-end // unit) * unit or any(self.read(end - 16, self.size - end)):
            raise Trouble("its padding is not what it must be")
        return lengths

    def decode(self, offset, only):
        """The plain bytes of the frame at an offset, which must be of the type `only`."""
        head, stored, plain, kind, codec = self.frame(offset)
        if kind != only:
            raise Trouble("a frame is not of the type that is asked for")
        name = "data" if kind == 2 else "index"
        try:
            if name not in self.ciphers:
                self.ciphers[name] = AESGCM(open_age(self.header[name], self.vault.identities))
            data = self.read(offset + 12, stored)
            data = self.ciphers[name].decrypt(offset.to_bytes(12, "big"), data, self.sum + head)
            if codec == 1:  # zstandard reserves what the frame states: look at that first
                if zstandard.get_frame_parameters(data).content_size != plain:
                    raise ValueError
                data = zstandard.ZstdDecompressor().decompress(data)
            if len(data) != plain:
                raise ValueError
            return data
        except (InvalidTag, ValueError, zstandard.ZstdError):
            raise Trouble("a frame cannot be decrypted or decoded: damaged or forged") from None

# ---- age v1, X25519 recipients only (c2sp.org/age) -----------------------------------------------

def hkdf(secret, salt, info):
    first = hmac.digest(salt or bytes(32), secret, "sha256")
    return hmac.digest(first, info + b"\1", "sha256")

def bech32(text):
    """The 32 bytes of an AGE-SECRET-KEY-1..., its checksum being right."""
    check, prefix = 1, b"age-secret-key-"
    values = ["QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L".find(letter) for letter in text[16:]]
    for value in [c >> 5 for c in prefix] + [0] + [c & 31 for c in prefix] + values:
        top, check = check >> 25, (check & 0x1ffffff) << 5 ^ value
        for bit, mask in enumerate((0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3)):
            check ^= mask if top >> bit & 1 else 0
    if check != 1 or len(values) != 58 or min(values) < 0 or values[51] & 15:
        raise Trouble("a key in the identity file has a typing error or is cut short", 12)
    return (int("".join(f"{value:05b}" for value in values[:52]), 2) >> 4).to_bytes(32, "big")

AGE_FILE = re.compile(rb"(age-encryption\.org/v1\n.*\n---) ([A-Za-z0-9+/]{43})\n(.{16})(.*)",
                      re.DOTALL)
ARMOUR = re.compile(rb"^[ \t]*-----BEGIN AGE ENCRYPTED FILE-----\s([A-Za-z0-9+/=\s]*)"
                    rb"-----END AGE ENCRYPTED FILE-----", re.MULTILINE)

def read_identities(path, passphrase_file):
    """The X25519 keys in a file, each with its public key. The file is a text, or was sealed with a
    passphrase (`age -p`): as it is, or in lines of base64 that stand in a text."""
    with open(path, "rb") as file:
        data = file.read(MIB)
    sealed = data if AGE_FILE.match(data) else None
    if armour := ARMOUR.search(data):
        sealed = base64.b64decode(armour[1])
    if sealed:
        data = open_passphrase(sealed, passphrase_file)
    text = data.decode(errors="replace").upper()
    texts = re.findall(r"^\s*(AGE-SECRET-KEY-1\S*)", text, re.MULTILINE)
    if not texts:
        raise Trouble(f"{path}: there is no line AGE-SECRET-KEY-1... in this file", 12)
    keys = [X25519PrivateKey.from_private_bytes(bech32(text)) for text in texts]
    return [(k, k.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)) for k in keys]

def open_passphrase(sealed, passphrase_file):
    """What a file holds that was sealed with a passphrase."""
    match = AGE_FILE.fullmatch(sealed)
    form = rb"[^\n]*\n-> scrypt ([A-Za-z0-9+/]{22}) ([1-9][0-9]?)\n([A-Za-z0-9+/]{43})\n---"
    stanza = re.fullmatch(form, match[1]) if match else None
    if not stanza or int(stanza[2]) > 22:  # 22 takes 4 GiB of memory
        raise Trouble("the identity file is not what a passphrase sealed, or was changed", 12)
    if passphrase_file:
        with open(passphrase_file, "rb") as file:
            passphrase = file.read(4096).rstrip(b"\r\n")
    else:
        passphrase = os.fsencode(getpass.getpass("passphrase of the identity file: "))
    salt, wrapped = (base64.b64decode(t + b"=" * (-len(t) % 4)) for t in stanza.group(1, 3))
    scrypt = Scrypt(b"age-encryption.org/v1/scrypt" + salt, 32, 1 << int(stanza[2]), 8, 1)
    try:
        file_key = ChaCha20Poly1305(scrypt.derive(passphrase)).decrypt(bytes(12), wrapped, None)
        return age_payload(match, file_key)
    except InvalidTag:
        raise Trouble("the passphrase does not fit, or the identity file was changed", 12) from None

def age_payload(match, file_key):
    """The content of an age file of one chunk, its header and its content being authentic."""
    head, mac, nonce, payload = match.groups()
    right = hmac.digest(hkdf(file_key, b"", b"header"), head, "sha256")
    if base64.b64encode(right)[:43] != mac:
        raise InvalidTag
    cipher = ChaCha20Poly1305(hkdf(file_key, nonce, b"payload"))
    return cipher.decrypt(bytes(11) + b"\1", payload, None)

def open_age(text, identities):
    """The 32-byte key in an age file in base64, opened by one of the identities."""
    match = AGE_FILE.fullmatch(base64.b64decode(text, validate=True))
    head = match[1] if match and len(match[4]) == 48 else b""
    stanzas = re.findall(rb"\n-> X25519 ([A-Za-z0-9+/]{43})\n([A-Za-z0-9+/]{43})(?=\n)", head)
    for texts, (key, public) in itertools.product(stanzas, identities):
        share, wrapped = (base64.b64decode(text + b"=") for text in texts)
        shared = key.exchange(X25519PublicKey.from_public_bytes(share))
        wrap = hkdf(shared, share + public, b"age-encryption.org/v1/X25519")
        try:
            file_key = ChaCha20Poly1305(wrap).decrypt(bytes(12), wrapped, None)
        except InvalidTag:
            continue
        return age_payload(match, file_key)
    raise Trouble("no key in the identity file opens it", 12)

# ---- Signed objects: snapshots and logs (section 5) ----------------------------------------------

ZERO = "0" * 16
MARKS = re.compile("|[0-9]{1,20}:[0-9]{1,16}(,[0-9]{1,20}:[0-9]{1,16})*")
SEGMENT_BYTES = re.compile("|".join(str(MIB << shift) for shift in range(11)))

def open_signed(vault, name, kind, match, deep=True):
    """The head and the sealed body of a snapshot or a log object. The signature and the keys of
    the head are checked; with `deep` every byte is."""
    file, size = open_object(vault, name)
    start = read_at(file, 0, 12)
    base = 76 + int.from_bytes(start[8:], "big")
    if start[:8] != b"LBSIGNED" or base > 76 + 16 * MIB or base > size:
        raise Trouble("is not a signed object, or is cut short")
    message = read_at(file, 0, base - 64)
    head, host = parse_json(message[12:]), match["stream"].split(".")[0]
    want(head, format=1, type=kind, vault=vault.id, stream=match["stream"], host=host, by=HASH)
    if (host, head["by"]) not in vault.keys:  # what hosts/ has lost, the head may state
        enrolment = str(head.get("enrolment", "")).encode("utf-8", "replace")
        if not enrolment or host_key(vault, enrolment, host) != head["by"]:
            raise Trouble(f"is signed by no enrolled key of {host}: forged, or hosts/ is bad")
    check_signature(head["by"], read_at(file, base - 64, 64), b"lifeboat/1/signed\n" + message)
    check_key(vault, host, head["by"], name)
    want(head, time=TIME, facts=dict, body=dict)
    want(head["body"], bytes=size - base, sha256=HASH)
    if kind == "snapshot":
        want(head, kind=re.compile("postgresql|redis|files|secrets"), seq=int(match["seq"]),
             previous=list, set=str, started=TIME, finished=TIME, packs=list, sizes=dict,
             problems=int)
        want(head["sizes"], source=int, added=int, stored=int, entries=int)
        for pack in head["packs"]:
            want(pack, id=HASH, bytes=int)
        begins = [pack["id"][:16] for pack in head["packs"]]
        if begins != sorted(set(begins)):
            raise Trouble("names packs out of order, or two that begin alike")
    else:
        is_redis = head.get("kind") == "redis"
        want(head, kind="redis" if is_redis else "postgresql", tag=HASH,
             source="redis" if is_redis else re.compile("[0-9]{1,20}"),
             epoch=int(match["epoch"], 16),
             **{"from": match["from"] or ZERO, "to": match["to"] or ZERO})
        length = int(head["to"], 16) - int(head["from"], 16)
        if match["from"]:
            if is_redis:
                want(head["facts"], replication_id=re.compile("[0-9a-f]{40}"), marks=MARKS)
            else:
                want(head["facts"], segment_bytes=SEGMENT_BYTES)
            if length <= 0:
                raise Trouble("ends before it begins")
    body = Sealed(vault, file, base, size - base, kind)
    want(body.header, host=host)
    if deep:
        if hash_of(file, 0, size)[:16] != match["hash"] \
                or hash_of(file, base, size) != head["body"]["sha256"]:
            raise Trouble("its bytes are not those of its name or its head: damaged")
        frames = body.check()
        good = len(frames) == 1 if kind == "snapshot" else \
            sum(frames) == length if match["from"] else sum(frames) <= MIB
        if not good:
            raise Trouble("its body has not the length that it must have")
    return head, body

def heads(vault, folder):
    """The good objects below snapshots/ or log/, each with its head. The bad ones are named."""
    for item in names(vault, folder):
        with blaming(vault, item[0]):
            if item[1]:
                yield item, open_signed(vault, *item, deep=False)[0]

def newest(vault, there):
    """The highest number that does not lie more than a million above the good ones before it."""
    numbers, end = [int(item[2]["seq"]) for item in there], 0
    if numbers[-1] - numbers[0] > JUMP and not vault.with_revoked:
        numbers = []
        for item in there:
            with blaming(vault, item[0]):
                open_signed(vault, *item, deep=False)
                number = int(item[2]["seq"])
                if number > (end + JUMP if end else 5 * 10**9 - 1):
                    raise Trouble("has a number far above those before it: not trusted")
                end = number
    return end or numbers[-1] if numbers else 0

def choose(vault, stream, which):
    """The head and the body of the one good snapshot that is meant by SEQ, SEQ-HASH or `latest`."""
    there, good = [item for item in names(vault, f"snapshots/{stream}") if item[1]], []
    if which == "latest" and there:
        which = str(newest(vault, there))
    seq, _, digits = which.partition("-")
    for item in there:
        if item[2]["seq"] == seq.rjust(10, "0") and item[2]["hash"].startswith(digits):
            with blaming(vault, item[0]):
                good.append(open_signed(vault, *item))
    if len(good) != 1:
        text = f"{stream} has {len(good)} good snapshots {which}; choose one that `list` names"
        raise Trouble(text, 15 if good else vault.code or 1)
    return good[0]

# ---- Protobuf records (format.proto) -------------------------------------------------------------

EXTENT = {1: ("pack", int), 2: ("frame", int), 3: ("start", int), 4: ("length", int)}
ROOT = {1: ("manifest", list), 2: ("manifest_bytes", int), 3: ("manifest_sha256", bytes),
        4: ("page_key", bytes)}
ATTRIBUTE = {1: ("name", bytes), 2: ("value", bytes)}
ENTRY = {1: ("path", bytes), 2: ("kind", int), 3: ("mode", int), 4: ("owner", int),
         5: ("group", int), 8: ("modified", int), 9: ("size", int), 10: ("target", bytes),
         11: ("attributes", list), 12: ("extents", list), 13: ("sha256", bytes),
         14: ("page_digest", bytes), 15: ("page_bytes", int), 16: ("device_number", int),
         21: ("more", int)}
FILE, DIRECTORY, SYMBOLIC_LINK, HARD_LINK = range(4)
SPECIAL = {4: stat.S_IFIFO, 5: stat.S_IFSOCK, 6: stat.S_IFCHR, 7: stat.S_IFBLK}

def varint(file):
    value = 0
    for shift in range(0, 70, 7):
        byte = file.read(1) or b"\xff"
        value |= (byte[0] & 127) << shift
        if byte[0] < 128:
            return value & (1 << 64) - 1
    raise Trouble("a record is malformed")

def take(file, count):
    data = file.read(count) if count <= 16 * MIB else b""
    if len(data) != count:
        raise Trouble("a record is cut short or too long")
    return data

def parse(data, schema):
    """A record. Absent fields have their default, unknown ones are passed over."""
    record, file = {name: kind() for name, kind in schema.values()}, io.BytesIO(data)
    while file.tell() < len(data):
        tag = varint(file)
        name, kind = schema.get(tag >> 3, (None, None))
        if tag & 7 == 0:
            value = varint(file)
        elif tag & 7 == 2:
            value = take(file, varint(file))
        else:  # of eight or four bytes; there are no others
            value = int.from_bytes(take(file, {1: 8, 5: 4}.get(tag & 7, 1 << 64)), "little")
        if tag < 8 or (name and isinstance(value, int) != (kind is int)):
            raise Trouble("a record is malformed")
        if kind is list:
            record[name].append(value)
        elif name:
            record[name] = value
    return SimpleNamespace(**record)

def read_entry(manifest):
    return parse(take(manifest, varint(manifest)), ENTRY)

def read_extents(manifest, entry):
    """The extents of an entry, those of the records that continue it included."""
    while True:
        for data in entry.extents:
            yield parse(data, EXTENT)
        if not entry.more:
            return
        entry = read_entry(manifest)
        if any(value for name, value in vars(entry).items() if name not in ("extents", "more")):
            raise Trouble("the manifest has a continuation that holds more than extents")

def entries(manifest):
    """Every entry with its extents; those not asked for are skipped."""
    manifest.seek(0)
    for count in itertools.count():
        entry = read_entry(manifest)
        if not entry.path:
            if entry.size != count or manifest.read(1):
                raise Trouble("the manifest does not end as it must")
            return
        paths = [entry.path, entry.target] if entry.kind == HARD_LINK else [entry.path]
        if b"\0" in entry.path + entry.target or entry.kind > 7 or entry.mode > 0o7777 \
                or any({b"", b".", b".."} & set(path.split(b"/")) for path in paths):
            raise Trouble(f"the manifest has a malformed entry: {os.fsdecode(entry.path)}")
        extents = read_extents(manifest, entry)
        yield entry, extents
        for _ in extents:
            pass

# ---- restore -------------------------------------------------------------------------------------

def pack_reader(vault, head):
    """A function for the bytes of an extent; it remembers 32 frames. Packs are not hashed: the
    caller checks what the bytes make up."""
    packs = {int(pack["id"][:16], 16): (pack["id"], pack["bytes"]) for pack in head["packs"]}

    @functools.lru_cache(32)
    def frame(number, offset, kind):
        if number not in packs:
            raise Trouble("it needs a pack that the head does not name")
        name, wanted = packs[number]
        file, size = open_object(vault, f"packs/{name[:2]}/{name}")
        if size != wanted:
            raise Trouble(f"pack {name} has {size} bytes instead of {wanted}")
        return Sealed(vault, file, 0, size, "pack").decode(offset, kind)

    def read(extent, kind):
        data = frame(extent.pack, extent.frame, kind)[extent.start:extent.start + extent.length]
        if len(data) != extent.length:
            raise Trouble("an extent reaches beyond its frame")
        return data
    return read

def make_target(vault, target):
    """Makes an empty folder that nobody else can enter; returns it open."""
    inside = os.path.realpath(vault.root)
    if os.path.commonpath([os.path.realpath(target), inside]) == inside:
        raise Trouble(f"{target} lies inside the vault", 15)
    if os.path.lexists(target) and not (os.path.isdir(target) and not os.listdir(target)):
        raise Trouble(f"{target} is not an empty folder; choose another", 15)
    os.makedirs(target, exist_ok=True)
    top = os.open(target, os.O_DIRECTORY | os.O_CLOEXEC)
    os.chmod(top, 0o700)
    return top

@contextlib.contextmanager
def parent(job, path):
    """The open folder that holds a path, and the path's last component. No link is followed on the
    way, and a folder that is missing is made."""
    is_beside = job.spaces and SPACE.match(path)
    *folders, name = path.split(b"/")[1 if is_beside else 0:]
    fd = os.dup(job.beside if is_beside else job.top)
    try:
        for folder in folders:
            with contextlib.suppress(FileExistsError):
                os.mkdir(folder, 0o700, dir_fd=fd)
            outer, fd = fd, os.open(folder, SAFELY | os.O_DIRECTORY, dir_fd=fd)
            os.close(outer)
        yield fd, name
    finally:
        os.close(fd)

def fill(file, entry, extents, job):
    """Writes the content of a file, then reads and checks it."""
    unit = entry.page_bytes if entry.page_digest else MIB
    if bool(entry.sha256) == bool(entry.page_digest) \
            or (entry.page_digest and not 512 <= unit <= 65536):
        raise Trouble("its entry states no usable checksum")
    file.truncate(entry.size)
    for extent in extents:
        if file.tell() + extent.length > entry.size:
            raise Trouble("it has more content than its size")
        if extent.pack or extent.frame:
            file.write(job.read(extent, 2))
        else:
            file.seek(extent.length, os.SEEK_CUR)
    if file.tell() != entry.size:
        raise Trouble("it has less content than its size")
    file.seek(0)
    found = hashlib.sha256()
    for data in iter(lambda: file.read(unit), b""):
        if entry.page_digest:
            zero = data == bytes(len(data))
            data = bytes(16) if zero else hmac.digest(job.page_key, data, "sha256")[:16]
        found.update(data)
    if found.digest() != (entry.sha256 or entry.page_digest):
        raise Trouble("its content is not what its checksum says")

def make(entry, extents, job):
    """Makes what an entry says, a hard link excepted."""
    with parent(job, entry.path) as (fd, name):
        if entry.kind == DIRECTORY:
            with contextlib.suppress(FileExistsError):  # what lies in it may come before it
                os.mkdir(name, 0o700, dir_fd=fd)
        elif entry.kind == FILE:
            new = os.open(name, SAFELY | os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600, dir_fd=fd)
            try:
                with open(new, "r+b") as file:
                    fill(file, entry, extents, job)
            except BaseException:
                os.unlink(name, dir_fd=fd)
                raise
        elif entry.kind == SYMBOLIC_LINK:
            os.symlink(entry.target, name, dir_fd=fd)
        elif entry.kind in SPECIAL:
            os.mknod(name, SPECIAL[entry.kind] | 0o600, entry.device_number, dir_fd=fd)
        if entry.kind not in (DIRECTORY, HARD_LINK):
            dress(fd, name, entry, job)

def link(entry, _, job):
    if entry.kind == HARD_LINK:
        if not job.is_wanted(entry.target):
            raise Trouble(f"is another name of {os.fsdecode(entry.target)}, outside PREFIX", 3)
        with parent(job, entry.path) as (fd, name), parent(job, entry.target) as (there, old):
            os.link(old, name, src_dir_fd=there, dst_dir_fd=fd, follow_symlinks=False)

def dress_folder(entry, _, job):
    """Last of all, for a folder's mode may forbid to make what is in it."""
    if entry.kind == DIRECTORY:
        with parent(job, entry.path + b"/.") as (fd, name):
            dress(fd, name, entry, job)

def dress(fd, name, entry, job):
    """Owner, mode, times and attributes, in this order: each may undo one that comes later."""
    here, is_root = {"dir_fd": fd, "follow_symlinks": False}, os.geteuid() == 0
    time = entry.modified - (entry.modified >> 63 << 64)  # it is a signed number
    try:
        if is_root:
            os.chown(name, entry.owner, entry.group, **here)
        if entry.kind != SYMBOLIC_LINK:  # without its owner no file may keep its set-id bits
            os.chmod(name, entry.mode if is_root else entry.mode & 0o1777, dir_fd=fd)
        os.utime(name, ns=(time, time), **here)
        for pair in (parse(data, ATTRIBUTE) for data in entry.attributes):
            os.setxattr(b"/proc/self/fd/%d/%b" % (fd, name), pair.name, pair.value,
                        follow_symlinks=False)
    except (OSError, OverflowError, ValueError) as error:
        note(job.vault, f"note: {os.fsdecode(entry.path)}: not all of its owner, mode, time and "
                        f"attributes is set: {error}")

# A snapshot of a cluster holds the files of tablespace N below pg_tblspc/N, where the server wants
# a link to a folder elsewhere; tablespace_map tells it where. Both get new places, beside TARGET.

SPACE = re.compile(rb"pg_tblspc/([1-9][0-9]{0,9})(?=/|\Z)")
MAPPED = re.compile(rb"([0-9]+) ((?:\\.|[^\\\r\n])+)", re.DOTALL)

def join_spaces(job, beside):
    """Makes the links to the tablespaces, and writes the map of their new places."""
    old, lines = {}, []
    with contextlib.suppress(FileNotFoundError):
        with open(os.open("tablespace_map", SAFELY, dir_fd=job.top), "rb") as file:
            pairs = MAPPED.findall(file.read(MIB))
            old = {oid: re.sub(rb"\\(.)", rb"\1", path, flags=re.DOTALL) for oid, path in pairs}
        os.unlink("tablespace_map", dir_fd=job.top)
    for oid in sorted(job.spaces | set(old)):
        place = os.path.join(beside, oid)
        os.makedirs(place, 0o700, exist_ok=True)
        with contextlib.suppress(FileExistsError):
            os.mkdir("pg_tblspc", 0o700, dir_fd=job.top)
        os.symlink(place, b"pg_tblspc/" + oid, dir_fd=job.top)
        lines.append(oid + b" " + re.sub(rb"([\\\r\n])", rb"\\\1", place) + b"\n")
        before = f" (before: {os.fsdecode(old[oid])})" if oid in old else ""
        say(f"tablespace {oid.decode()}: {os.fsdecode(place)}{before}")
    new = os.open("tablespace_map", SAFELY | os.O_WRONLY | os.O_CREAT, 0o600, dir_fd=job.top)
    with open(new, "wb") as file:
        file.write(b"".join(lines))

def restore(vault, options, stream, seq, target):
    prefix = os.fsencode(options.path).strip(b"/")
    head, body = choose(vault, stream, seq)
    say(f"{stream} {head['seq']}: signature good, made {head['time']}")
    if head["problems"]:
        say(f"note: it is INCOMPLETE: {head['problems']} paths could not be read")
    root = parse(body.decode(body.first, 3), ROOT)
    job = SimpleNamespace(vault=vault, read=pack_reader(vault, head), page_key=root.page_key,
                          is_wanted=lambda p: not prefix or (p + b"/").startswith(prefix + b"/"),
                          top=make_target(vault, target), spaces=set())
    with tempfile.TemporaryFile(dir=target) as manifest:
        for data in root.manifest:
            manifest.write(job.read(parse(data, EXTENT), 3))
        length, right = manifest.tell(), root.manifest_sha256.hex()
        if length != root.manifest_bytes or hash_of(manifest, 0, length) != right:
            raise Trouble("the manifest is not what its checksum says")
        # This looks at the whole manifest before anything is made.
        paths = (entry.path for entry, _ in entries(manifest) if job.is_wanted(entry.path))
        spaces, count = set(), 0
        for count, path in enumerate(paths, 1):
            spaces.update(match[1] for match in [SPACE.match(path)] if match)
        if prefix and not count:
            raise Trouble(f"the snapshot holds nothing under {options.path}", 1)
        is_cluster = head["kind"] == "postgresql" and not prefix
        beside = os.fsencode(os.path.abspath(target)) + b".tablespaces"
        if is_cluster and spaces:
            job.spaces, job.beside = spaces, make_target(vault, os.fsdecode(beside))
        for work in (make, link, dress_folder):  # what a link names may come after it
            for entry, extents in entries(manifest):
                if job.is_wanted(entry.path):
                    with blaming(vault, entry.path):
                        work(entry, extents, job)
        if job.spaces:
            with blaming(vault, "tablespace_map"):
                join_spaces(job, beside)
    if is_cluster:
        version, start = (str(head["facts"].get(name, "?")) for name in ("version", "start_lsn"))
        say(f"a cluster of PostgreSQL {version[:-4]}: it is good only with its log, which `wal` "
            f"gives with --from {start}; README.txt says how to start a server on it")
    os.sync()
    say(f"{count} entries: " + ("NOT ALL IS WELL, see above" if vault.code else "all restored"))

# ---- wal -----------------------------------------------------------------------------------------

def lsn(position):
    return f"{position >> 32:X}/{position & 0xffffffff:X}"

def position(text):
    high, low = text.split("/")
    return int(high, 16) << 32 | int(low, 16)

def log_of(vault, folder):
    """The good log: stream, timeline, begin, end, item, source, segment size (0: a history; -1:
    commands of Redis, and instead of a timeline the second in which they began)."""
    found = [(head["stream"], head["epoch"], int(head["from"], 16), int(head["to"], 16), item,
              head["source"], 0 if not item[2]["from"] else
              -1 if head["kind"] == "redis" else int(head["facts"]["segment_bytes"]))
             for item, head in heads(vault, folder)]
    return sorted(found, key=lambda piece: piece[:4])

def spans(log):
    """What the log covers without a gap: stream, timeline, begin, end."""
    found = []
    for stream, epoch, begin, end, *_ in log:
        if found and found[-1][:2] == [stream, epoch] and begin <= found[-1][3]:
            found[-1][3] = max(found[-1][3], end)
        elif end:
            found.append([stream, epoch, begin, end])
    return found

def runs(vault, item):
    """The bytes of a log object, in runs, each with its position. It ends where it is damaged."""
    with blaming(vault, item[0]):
        head, body = open_signed(vault, *item)
        at = int(head["from"], 16)
        for offset, plain in body.walk():
            yield at, body.decode(offset, 2)
            at += plain

def put(segment, size, at, data, covered):
    """Writes a run into its segments; up to `covered` it compares with what is there."""
    while data:
        number, inside = divmod(at, size)
        piece, data = data[:size - inside], data[size - inside:]
        known = max(0, min(len(piece), covered - at))
        new = os.open(segment(number), SAFELY | os.O_RDWR | os.O_CREAT, 0o600)
        with open(new, "r+b") as file:
            file.truncate(size)
            if read_at(file, inside, known) != piece[:known]:
                for bad in range(number, (covered - 1) // size + 1):
                    os.unlink(segment(bad))
                raise Trouble(f"two pieces of the log differ near {lsn(at)}: forged, or written by "
                              "two servers. Segments before that are written, none after")
            file.seek(inside + known)
            file.write(piece[known:])
        at += len(piece)

def commands(vault, log, target):
    """The log of Redis: the commands of each stretch, and by when they had been received."""
    for _, epoch, begin, end in spans(log):
        say(f"since {epoch}: the commands from offset {begin} to {end}, without what is named BAD")
        path, at, marked = os.path.join(target, f"{epoch}-{begin}"), begin, begin
        with open(path + ".resp", "w+b") as file, open(path + ".marks", "w") as marks:
            for piece in log:
                if piece[1] != epoch or piece[3] <= at or piece[2] >= end:
                    continue
                if piece[2] > at:
                    note(vault, f"GAP  since {epoch}: no good piece holds offset {at}")
                    break
                with blaming(vault, piece[4][0]):
                    head, body = open_signed(vault, *piece[4])
                    place = piece[2]
                    for offset, _ in body.walk():
                        data = body.decode(offset, 2)
                        known = max(0, min(len(data), at - place))
                        if known and read_at(file, place - begin, known) != data[:known]:
                            raise Trouble("differs from the piece that it overlaps")
                        file.seek(place + known - begin)
                        file.write(data[known:])
                        place += len(data)
                        at = max(at, place)
                    place, time = piece[2], 0
                    for mark in filter(None, head["facts"]["marks"].split(",")):
                        step, delay = mark.split(":")
                        place, time = place + int(step), time + int(delay)
                        if place > marked:
                            marks.write(f"{place} {time}\n")
                            marked = place
    os.sync()

def wal(vault, options, stream, target):
    log, texts, covered, last = log_of(vault, f"log/{stream}"), {}, {}, None
    if not log:
        raise Trouble("there is no good log of this stream here", vault.code or 1)
    if len({source for *_, source, _ in log}) > 1:
        raise Trouble("the stream holds the log of several clusters, which cannot be joined", 15)
    sizes = {(epoch, size) for _, epoch, *_, size in log if size}
    if len(sizes) > len(dict(sizes)):
        raise Trouble("a timeline has pieces with different `segment_bytes`")
    os.close(make_target(vault, target))
    if log[0][6] < 0:
        return commands(vault, log, target)
    log = [piece for piece in log if not piece[3] or piece[3] > options.start]
    for _, epoch, begin, end in spans(log):
        if epoch == last or (last is None and 0 < options.start < begin):
            note(vault, f"GAP  timeline {epoch}: there is no log before {lsn(begin)}")
        say(f"timeline {epoch}: the log from {lsn(begin)} to {lsn(end)}, without what is named BAD")
        last = epoch
    for _, epoch, _, _, item, _, size in log:
        def segment(number):
            per = (1 << 32) // size
            name = f"{epoch:08X}{number // per:08X}{number % per:08X}"
            return os.path.join(target, name)
        if size:
            for at, data in runs(vault, item):
                put(segment, size, at, data, covered.get(epoch, 0))
                covered[epoch] = max(covered.get(epoch, 0), at + len(data))
            continue
        with blaming(vault, item[0]):
            _, body = open_signed(vault, *item)
            text = b"".join(body.decode(offset, 2) for offset, _ in body.walk())
            if texts.setdefault(epoch, text) != text:
                raise Trouble("differs from another history file of its timeline")
            with open(os.path.join(target, f"{epoch:08X}.history"), "wb") as file:
                file.write(text)
    os.sync()

# ---- list, show, verify --------------------------------------------------------------------------

def list_all(vault, _):
    for item, head in heads(vault, "snapshots"):
        state = f"INCOMPLETE: {head['problems']} paths missing" if head["problems"] else "complete"
        seq, sizes = item[0].split("/")[2], head["sizes"]
        say(f"{head['stream']}  {seq}  {head['time']}  {head['kind']}  "
            f"{sizes['source'] / MIB:.1f} MiB in {sizes['entries']} entries, {state}")
    log = log_of(vault, "log")
    redis = {piece[0] for piece in log if piece[6] < 0}
    for stream, epoch, begin, end in spans(log):
        say(f"{stream}  commands since {epoch}: offset {begin} to {end}" if stream in redis else
            f"{stream}  log, timeline {epoch}: {lsn(begin)} to {lsn(end)}")
    say("What is listed has a good signature. `list` reads the heads only, `verify` every byte.")

def show(vault, _, stream, seq):
    head, _ = choose(vault, stream, seq)
    for line in json.dumps(head, indent=2, ensure_ascii=False).split("\n"):
        say(line)

def verify(vault, _):
    packs, count, numbers = {}, 0, {}
    for name, kind, match in names(vault, ""):  # packs come before the snapshots that need them
        count += 1
        with blaming(vault, name):
            if kind == "pack":
                file, size = open_object(vault, name)
                if hash_of(file, 0, size) != match["id"]:
                    raise Trouble("its bytes are not those of its name: damaged")
                Sealed(vault, file, 0, size, "pack").check()
                packs[match["id"]] = size
            elif kind in ("snapshot", "log"):
                head, _ = open_signed(vault, name, kind, match)
                for pack in head["packs"] if kind == "snapshot" else []:
                    if packs.get(pack["id"]) != pack["bytes"]:
                        raise Trouble(f"needs pack {pack['id']}, which is missing or bad")
            elif kind == "document":
                check_document(vault, open_object(vault, name)[0].read(MIB + 1), name, match)
                if numbers.setdefault((match["folder"], match["hash"]), name) != name:
                    raise Trouble("is there under a lower number already")
            elif not kind:
                say(f"foreign, ignored: {name}")
    say(f"looked at {count} objects: " + ("DAMAGED, see above" if vault.code else "all is well"))

def main():
    works = {"list": (list_all, 0), "verify": (verify, 0), "show": (show, 2),
             "restore": (restore, 3), "wal": (wal, 2)}
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("vault", metavar="VAULT")
    parser.add_argument("command", choices=works)
    parser.add_argument("rest", nargs="*", metavar="STREAM SEQ TARGET")
    for name in ("identity", "path", "vault-id", "passphrase-file"):
        parser.add_argument("--" + name, default="")
    parser.add_argument("--with-revoked", action="store_true")
    parser.add_argument("--from", type=position, default=0, dest="start")
    options = parser.parse_intermixed_args()
    work, count = works[options.command]
    if len(options.rest) != count or (work in (restore, wal)) != bool(options.identity) \
            or not re.fullmatch(STREAM, (options.rest + ["a.a.a"])[0]):
        raise Trouble(f"{options.command} wants other arguments; see recover.py --help", 2)
    wanted = re.sub(r"\s", "", options.vault_id).lower()
    keys = read_identities(options.identity, options.passphrase_file) if options.identity else []
    vault = open_vault(options.vault, wanted, keys, options.with_revoked)
    work(vault, options, *options.rest)
    return vault.code

if __name__ == "__main__":
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    sys.stdout.reconfigure(errors="backslashreplace")
    sys.stderr.reconfigure(errors="backslashreplace")
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
    except (Trouble, OSError, MemoryError, RecursionError) as trouble:
        say(f"recover.py: {str(trouble) or 'there is not enough memory'}", sys.stderr)
        sys.exit(getattr(trouble, "code", 1))
