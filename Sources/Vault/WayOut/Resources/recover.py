#!/usr/bin/python3
"""recover.py: reads a Lifeboat backup vault without Lifeboat.

Needs Python 3.9 or newer with its packages `cryptography` and `zstandard`; on Debian or Ubuntu:
    apt install python3 python3-cryptography python3-zstandard

What is there, and is it whole? No key is needed:
    python3 recover.py VAULT list
    python3 recover.py VAULT verify
    python3 recover.py VAULT show STREAM SEQ|latest
Get the files back, all of them or only those under a path. The identity file is any text file with a line
AGE-SECRET-KEY-1...; the recovery kit is one. TARGET must be empty or absent. Be root to get owners back:
    python3 recover.py VAULT restore STREAM SEQ|latest TARGET --identity FILE [--path PREFIX]
Get the PostgreSQL log back, as segments that restore_command can copy:
    python3 recover.py VAULT wal STREAM TARGET --identity FILE [--epoch N] [--from LSN] [--to LSN]

Give --vault-id with the id that the kit states: then nobody can have put another vault in its place.
The vault is only read, never changed. A file that fails its check is kept as NAME.damaged, what could not be
read of it being zero bytes; everything else is still restored.
Exit: 0 done, 1 failed, 2 usage, 3 done in part (named), 5 damage, 10 no vault, 12 no key fits, 15 refused.
"""
import argparse, base64, errno, hashlib, hmac, json, os, re, signal, stat, struct, sys, tempfile
from collections import OrderedDict

try:
    import zstandard
    from cryptography.exceptions import InvalidSignature, InvalidTag
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM, ChaCha20Poly1305
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
except ImportError as missing:
    sys.exit(f"recover.py: {missing}; apt install python3-cryptography python3-zstandard")

KIB, MIB = 1 << 10, 1 << 20
LABEL = "[a-z0-9][a-z0-9_-]{0,62}"
STREAM = rf"{LABEL}\.{LABEL}\.{LABEL}"
NAMES = {  # the names of section 2 of the format
    "way out": r"README\.txt|recover\.py|format\.proto|format\.json",
    "host": rf"hosts/(?P<host>{LABEL})/(?P<number>(?!0{{6}})[0-9]{{6}})\.json",
    "pack": r"packs/(?P<ab>[0-9a-f]{2})/(?P<id>(?P=ab)[0-9a-f]{62})",
    "snapshot": rf"snapshots/(?P<stream>{STREAM})/(?P<seq>(?!0{{10}})[0-9]{{10}})-"
                r"(?P<hash>[0-9a-f]{16})",
    "log": rf"log/(?P<stream>{STREAM})/(?P<epoch>[0-9a-f]{{8}})/(?:history|(?P<from>[0-9a-f]{{16}})-"
           r"(?P<to>[0-9a-f]{16}))-(?P<hash>[0-9a-f]{16})",
}
FILE, DIRECTORY, SYMBOLIC_LINK, HARD_LINK, FIFO, SOCKET, CHARACTER_DEVICE, BLOCK_DEVICE = range(8)


class Trouble(Exception):
    """Ends the command, or the part of it that is at hand, with one line of text and an exit code."""

    def __init__(self, text, code=1):
        super().__init__(text)
        self.code = code


class Damage(Trouble):
    def __init__(self, text, code=5):
        super().__init__(text, code)


def say(text, to=None):
    """Prints one line; what could steer a terminal is escaped."""
    text = os.fsdecode(text)
    safe = "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)
    print(safe, file=to or sys.stdout, flush=True)


def warn(text):
    say(text, sys.stderr)


# ---- Files of the vault, JSON, signatures --------------------------------------------------------

def open_object(path):
    """Opens a file of the vault: a regular one, never through a symbolic link. Returns it and its size."""
    try:
        fd = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise Damage(f"cannot be opened: {error.strerror}") from None
    file, status = os.fdopen(fd, "rb"), os.fstat(fd)
    if not stat.S_ISREG(status.st_mode):
        raise Damage("is not a regular file")
    return file, status.st_size


def read_at(file, offset, count):
    """Reads exactly `count` bytes. The callers have checked `count` against a limit."""
    try:
        file.seek(offset)
        data = file.read(count)
    except OSError as error:
        raise Damage(f"cannot be read: {error.strerror}") from None
    if len(data) != count:
        raise Damage("is cut short")
    return data


def parse_json(data):
    def unique(pairs):
        if len(dict(pairs)) != len(pairs):
            raise ValueError("a key stands there twice")
        return dict(pairs)

    def constant(name):
        raise ValueError(f"{name} is not JSON")

    try:
        value = json.loads(data.decode("utf-8"), object_pairs_hook=unique, parse_constant=constant)
    except (ValueError, RecursionError):
        raise Damage("its JSON is malformed") from None
    if not isinstance(value, dict):
        raise Damage("its JSON is not an object")
    return value


def want(document, **types):
    """Checks that the keys are there with a value of the type, the pattern (of a text) or the very value."""
    for key, rule in types.items():
        key = key.rstrip("_")
        value = document.get(key)
        if rule in (dict, list, str):
            good = isinstance(value, rule)
        elif rule is int:  # a count
            good = type(value) is int and 0 <= value < 1 << 63
        elif isinstance(rule, re.Pattern):
            good = isinstance(value, str) and rule.fullmatch(value)
        else:
            good = type(value) is type(rule) and value == rule
        if not good:
            raise Damage(f"`{key}` is missing, malformed or not what the name says")


HASH, POSITION = re.compile("[0-9a-f]{64}"), re.compile("[0-9a-f]{16}")


def check_signature(key, signature, message):
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(key)).verify(signature, message)
    except (InvalidSignature, ValueError):
        raise Damage("its signature is wrong: damaged or forged") from None


def read_document(path):
    """A signed document (section 3): the document and the key that signed it."""
    file, size = open_object(path)
    with file:
        if size > MIB:
            raise Damage("is too large")
        lines = read_at(file, 0, size).split(b"\n")
    line2 = rb'\{"by":"([0-9a-f]{64})","signature":"([0-9a-f]{128})"\}'
    match = re.fullmatch(line2, lines[1]) if len(lines) == 3 and lines[2] == b"" else None
    if not match:
        raise Damage("is not a signed document")
    by, signature = match[1].decode(), bytes.fromhex(match[2].decode())
    check_signature(by, signature, b"lifeboat/1/document\n" + lines[0])
    return parse_json(lines[0]), by


def key_id(key):
    return hashlib.sha256(bytes.fromhex(key)).hexdigest()


class Vault:
    """A vault whose identity has been checked: its id, and by host the keys that may sign heads."""

    def __init__(self, root, wanted, identities=()):
        self.root, self.id, self.identities, self.keys, self.bad = root, wanted, identities, {}, []
        path = os.path.join(root, "format.json")
        if not os.path.isdir(root) or not (wanted or os.path.lexists(path)):
            raise Trouble(f"{root}: there is no vault here (no format.json)", 10)
        try:
            document, by = read_document(path)
            if wanted and key_id(by) != wanted:
                raise Trouble(f"this is not vault {wanted}: its id is {key_id(by)}", 5)
            if document.get("format") != 1 or document.get("read") != []:
                raise Trouble("this vault is of a newer format than this program can read")
            want(document, type="format", vault=key_id(by), operator=by)
            self.id = key_id(by)
        except Damage as error:
            self.blame("format.json", error)
            if not wanted:
                raise Damage("format.json is bad; --vault-id ID (see the kit) does without it") from None
        if wanted:
            say(f"vault {self.id}, as asked for")
        else:
            warn(f"vault {self.id}")
            warn("WARNING: compare this id with the one in the recovery kit, or give --vault-id")
        for name, match in self.names("hosts"):
            if match and match.lastgroup:
                try:
                    document, by = read_document(self.path(name))
                    if key_id(by) != self.id:
                        raise Damage("is not signed by the operator of this vault")
                    want(document, format=1, type="host", vault=self.id, host=match["host"],
                         number=int(match["number"]), key=HASH)
                    self.keys.setdefault(match["host"], set()).add(document["key"])
                except Damage as error:
                    self.blame(name, error)

    def path(self, name):
        return os.path.join(self.root, name)

    def blame(self, name, error):
        self.bad.append(name)
        say(f"BAD  {name}: {error}")

    def names(self, top):
        """The objects below a folder, sorted, each with the match of its name, None for a foreign one."""
        start = self.path(top) if top else self.root

        def failed(error):
            if os.path.lexists(start):
                self.blame(os.path.relpath(error.filename, self.root), f"cannot be listed: {error.strerror}")

        for folder, below, files in os.walk(start, onerror=failed):
            links = [name for name in below if os.path.islink(os.path.join(folder, name))]
            below[:] = sorted(set(below) - set(links))
            for file in sorted(files + links):
                name = os.path.relpath(os.path.join(folder, file), self.root)
                matches = (re.fullmatch(pattern, name) for pattern in NAMES.values())
                yield name, next((match for match in matches if match), None)

    def signed(self, top, stream=None, deep=False):
        """The signed objects below `snapshots` or `log` as (name, object); bad ones are left out."""
        for name, match in self.names(os.path.join(top, stream) if stream else top):
            if match:
                try:
                    with Signed(self, name, match, deep) as signed:
                        yield name, signed
                except Damage as error:
                    self.blame(name, error)


# ---- Signed and sealed objects (sections 4 and 5) ------------------------------------------------

class Signed:
    """A snapshot or log object whose head is good; with `deep` the hashes of name and body too."""

    def __init__(self, vault, name, match, deep):
        self.vault, self.name = vault, name
        self.file, size = open_object(vault.path(name))
        start = read_at(self.file, 0, 12)
        length = int.from_bytes(start[8:], "big")
        if start[:8] != b"LBSIGNED" or length > 16 * MIB or 76 + length > size:
            raise Damage("is not a signed object, or is cut short")
        message = start + read_at(self.file, 12, length)
        self.head = head = parse_json(message[12:])
        self.type = "snapshot" if name.startswith("snapshots/") else "log"
        want(head, format=1, type=self.type, vault=vault.id, host=re.compile(LABEL), by=HASH)
        if head["by"] not in vault.keys.get(head["host"], ()):
            raise Damage(f"is signed by no enrolled key of host {head['host']}: forged, or hosts/ is bad")
        check_signature(head["by"], read_at(self.file, 12 + length, 64), b"lifeboat/1/signed\n" + message)
        want(head, stream=match["stream"], host=match["stream"].split(".")[0], kind=str, time=str,
             facts=dict, body=dict)
        if self.type == "snapshot":
            want(head, seq=int(match["seq"]), packs=list, sizes=dict, problems=int)
            self.packs = self.check_packs()
        else:
            zero = "0" * 16
            want(head, epoch=int(match["epoch"], 16), from_=match["from"] or zero, to=match["to"] or zero)
            self.history = not match["from"]
            self.start, self.end = int(head["from"], 16), int(head["to"], 16)
            if self.start >= self.end and not self.history:
                raise Damage("ends before it begins")
        want(head["body"], bytes=size - 76 - length, sha256=HASH)
        self.base, self.size = 76 + length, size
        if deep:
            self.check_hashes(match["hash"])

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.file.close()

    def check_packs(self):
        """The packs of the head: by the first 16 digits of the id, the id and the size."""
        packs, last = {}, ""
        for pack in self.head["packs"]:
            want(pack if isinstance(pack, dict) else {}, id=HASH, bytes=int)
            if pack["id"] <= last or pack["id"][:16] in packs:
                raise Damage("names packs out of order, or two that begin alike")
            last = pack["id"]
            packs[last[:16]] = last, pack["bytes"]
        return packs

    def check_hashes(self, digits):
        whole, body = hashlib.sha256(read_at(self.file, 0, self.base)), hashlib.sha256()
        for offset in range(self.base, self.size, MIB):
            data = read_at(self.file, offset, min(MIB, self.size - offset))
            whole.update(data)
            body.update(data)
        if whole.hexdigest()[:16] != digits or body.hexdigest() != self.head["body"]["sha256"]:
            raise Damage("its bytes are not those of its name or its head: damaged")

    def body(self):
        body = Sealed(self.vault, self.file, self.base, self.size - self.base, self.type)
        if body.header["host"] != self.head["host"]:
            raise Damage("its body is of another host")
        return body


class Sealed:
    """A pack, or the body of a signed object: frames, each encrypted on its own."""

    def __init__(self, vault, file, base, size, kind):
        self.vault, self.file, self.base, self.size, self.kind = vault, file, base, size, kind
        if size < 28:
            raise Damage("is cut short")
        start = self.read(0, 12)
        length = int.from_bytes(start[8:], "big")
        if start[:8] != b"LBSEALED" or length > MIB or 28 + length > size:
            raise Damage("is not a sealed object, or is cut short")
        start += self.read(12, length)
        self.first, self.sum, self.ciphers = 12 + length, hashlib.sha256(start).digest(), {}
        self.header = parse_json(start[12:])
        want(self.header, format=1, type=kind, vault=vault.id, host=re.compile(LABEL))
        tail = self.read(size - 16, 16)
        self.end = int.from_bytes(tail[:8], "big")
        if tail[8:] != b"LBTAIL01" or not self.first <= self.end <= size - 16:
            raise Damage("its tail is malformed")

    def read(self, offset, count):
        return read_at(self.file, self.base + offset, count)

    def frame_head(self, offset):
        """A frame's header: its 12 bytes, c, p, type and codec, all within their limits."""
        limit = self.end if offset < self.end else self.size - 16
        if not self.first <= offset <= limit - 28:
            raise Damage("a frame lies outside of it")
        head = self.read(offset, 12)
        stored, plain, kind, codec, zero = struct.unpack(">IIBBH", head)
        good = 1 <= kind <= 3 and (kind == 1) == (offset == self.end) and codec <= 1 and zero == 0
        if not good or plain > (16 if kind == 1 else 4) * MIB or not 16 <= stored <= plain + KIB \
                or stored > limit - offset - 12 or (codec == 0 and stored != plain + 16):
            raise Damage("a frame's header is malformed")
        return head, stored, plain, kind, codec

    def walk(self, only):
        """The offset and plain length of every frame, the directory not; each must be of a type in `only`."""
        offset = self.first
        while offset < self.end:
            _, stored, plain, kind, _ = self.frame_head(offset)
            if kind not in only:
                raise Damage("it holds a frame that does not belong there")
            yield offset, plain
            offset += 12 + stored

    def check(self):
        """Everything that can be checked without a key. Returns the sum of the plain lengths."""
        envelopes = {"pack": ["data", "index"], "snapshot": ["index"], "log": ["data"]}[self.kind]
        if [name for name in ("data", "index") if name in self.header] != envelopes:
            raise Damage("it has not the envelopes of its type")
        for name in envelopes:
            self.envelope(name)
        types = {"pack": (2, 3), "snapshot": (3,), "log": (2,)}[self.kind]
        frames = [plain for _, plain in self.walk(types)]
        if self.kind == "snapshot" and len(frames) != 1:
            raise Damage("its body is not one frame")
        end = self.end
        if self.kind == "pack":
            end += 12 + self.frame_head(end)[1]
        exponent = (end + 16).bit_length() - 1
        unit = min(65536, 1 << exponent - exponent.bit_length())
        if self.size != -(-(end + 16) // unit) * unit or any(self.read(end, self.size - 16 - end)):
            raise Damage("its padding is not what it must be")
        return sum(frames)

    def envelope(self, name):
        want(self.header, **{name: str})
        try:
            data = base64.b64decode(self.header[name], validate=True)
        except ValueError:
            data = b""
        if not data.startswith(b"age-encryption.org/v1\n"):
            raise Damage(f"its `{name}` key is not an age file")
        return data

    def decode(self, offset, only):
        """The plain bytes of one frame."""
        head, stored, plain, kind, codec = self.frame_head(offset)
        if kind != only:
            raise Damage("a frame is not of the type that is asked for")
        name = "data" if kind == 2 else "index"
        if name not in self.ciphers:
            self.ciphers[name] = AESGCM(open_age(self.envelope(name), self.vault.identities))
        try:
            data = self.read(offset + 12, stored)
            data = self.ciphers[name].decrypt(offset.to_bytes(12, "big"), data, self.sum + head)
            if codec == 1:  # zstandard heeds the size that the data state, not the limit: look first
                stated = zstandard.get_frame_parameters(data).content_size
                if plain == 0 or stated not in (plain, zstandard.CONTENTSIZE_UNKNOWN):
                    raise Damage("a frame has not the length that it states")
                data = zstandard.ZstdDecompressor().decompress(data, max_output_size=plain)
        except (InvalidTag, zstandard.ZstdError):
            raise Damage("a frame cannot be decrypted or decoded: damaged or forged") from None
        if len(data) != plain:
            raise Damage("a frame has not the length that it states")
        return data


# ---- age v1, X25519 recipients only (c2sp.org/age) -----------------------------------------------

def hkdf(secret, salt, info):
    first = hmac.digest(salt or bytes(32), secret, "sha256")
    return hmac.digest(first, info + b"\1", "sha256")


def bech32(text):
    """The bytes of an AGE-SECRET-KEY-1..., its checksum being right; else None."""
    body, check = [], 1
    letters = text.lower()
    prefix, _, rest = letters.rpartition("1")
    values = ["qpzry9x8gf2tvdw0s3jn54khce6mua7l".find(letter) for letter in rest]
    if text not in (letters, text.upper()) or min(values, default=-1) < 0 or not letters.isascii():
        return None
    for value in [ord(c) >> 5 for c in prefix] + [0] + [ord(c) & 31 for c in prefix] + values:
        top, check = check >> 25, (check & 0x1ffffff) << 5 ^ value
        for bit, mask in enumerate((0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3)):
            check ^= mask if top >> bit & 1 else 0
    number = int("".join(f"{value:05b}" for value in values[:-6]) or "0", 2)
    good = check == 1 and len(values) == 58 and not number & 15
    return (number >> 4).to_bytes(32, "big") if good else None


def read_identities(path):
    found = []
    with open(path, encoding="utf-8", errors="replace") as file:
        for number, line in enumerate(iter(lambda: file.readline(4096), ""), 1):
            if line.strip().upper().startswith("AGE-SECRET-KEY-1"):
                secret = bech32(line.strip())
                if not secret:
                    raise Trouble(f"{path}, line {number}: this key has a typing error or is cut short", 12)
                key = X25519PrivateKey.from_private_bytes(secret)
                found.append((key, key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)))
    if not found:
        raise Trouble(f"{path}: there is no line AGE-SECRET-KEY-1... in this file", 12)
    return found


def open_age(data, identities):
    """The 32-byte key in an age file, opened by one of the identities."""
    def bare(text):
        return base64.b64decode(text + b"=" * (-len(text) % 4), validate=True)

    try:
        head, _, rest = data.partition(b"\n--- ")
        mac, _, payload = rest.partition(b"\n")
        stanzas = [stanza.split(b"\n") for stanza in head.split(b"\n-> ")[1:]]
        for stanza in stanzas:
            kind, *arguments = stanza[0].split(b" ")
            if kind != b"X25519":
                continue
            share, wrapped = bare(arguments[0]), bare(b"".join(stanza[1:]))
            for key, public in identities:
                shared = key.exchange(X25519PublicKey.from_public_bytes(share))
                wrap = hkdf(shared, share + public, b"age-encryption.org/v1/X25519")
                try:
                    file_key = ChaCha20Poly1305(wrap).decrypt(bytes(12), wrapped, None)
                except InvalidTag:
                    continue
                right = hmac.digest(hkdf(file_key, b"", b"header"), head + b"\n---", "sha256")
                if len(payload) != 64 or not hmac.compare_digest(right, bare(mac)):
                    raise ValueError
                opened = hkdf(file_key, payload[:16], b"payload")
                return ChaCha20Poly1305(opened).decrypt(bytes(11) + b"\1", payload[16:], None)
    except (ValueError, IndexError, InvalidTag):
        raise Damage("the age file that holds its key is damaged") from None
    raise Damage("no key in the identity file opens it", 12)


# ---- Protobuf records (format.proto) -------------------------------------------------------------

VARINT, EIGHT, BYTES = 0, 1, 2
ENTRY = {1: ("path", BYTES), 2: ("kind", VARINT), 3: ("mode", VARINT), 4: ("owner", VARINT),
         5: ("group", VARINT), 8: ("modified", EIGHT), 9: ("size", VARINT), 10: ("target", BYTES),
         11: ("attributes", BYTES), 12: ("extents", BYTES), 13: ("sha256", BYTES), 14: ("page_digest", BYTES),
         15: ("page_bytes", VARINT), 16: ("device_number", VARINT), 21: ("more", VARINT)}
ROOT = {1: ("extents", BYTES), 2: ("manifest_bytes", VARINT), 3: ("manifest_sha256", BYTES),
        4: ("page_key", BYTES)}
EXTENT = {1: ("pack", EIGHT), 2: ("frame", VARINT), 3: ("start", VARINT), 4: ("length", VARINT)}
ATTRIBUTE = {1: ("name", BYTES), 2: ("value", BYTES)}


def varint(data, at):
    value = 0
    for shift in range(0, 70, 7):
        if at >= len(data):
            break
        value |= (data[at] & 127) << shift
        at += 1
        if data[at - 1] < 128:
            return value & (1 << 64) - 1, at
    raise Damage("a record is malformed")


def decode(data, schema):
    """A record as a dictionary; fields that are absent have their default, unknown ones are passed over."""
    record = {name: b"" if wire == BYTES else 0 for name, wire in schema.values()}
    record.update({name: [] for name in ("extents", "attributes") if name in record})
    at = 0
    while at < len(data):
        tag, at = varint(data, at)
        wire, begin = tag & 7, at
        if wire == VARINT:
            value, at = varint(data, at)
        elif wire == BYTES:
            length, begin = varint(data, at)
            at = begin + length
            value = data[begin:at]
        elif wire in (1, 5):
            at += 8 if wire == 1 else 4
            value = int.from_bytes(data[begin:at], "little")
        if wire not in (0, 1, 2, 5) or tag < 8 or at > len(data):
            raise Damage("a record is malformed")
        name, expected = schema.get(tag >> 3, (None, wire))
        if wire != expected:
            raise Damage("a record is malformed")
        if name in ("extents", "attributes"):
            record[name].append(value)
        elif name:
            record[name] = value
    return record


def is_safe(path):
    return b"\0" not in path and not {b"", b".", b".."} & set(path.split(b"/"))


class Manifest:
    """The manifest stream in a local temporary file, its hash being right."""

    def __init__(self, file, length):
        self.file, self.length = file, length

    def record(self):
        prefix = b""
        while not prefix or prefix[-1] > 127:
            byte = self.file.read(1)
            if not byte or len(prefix) > 9:
                raise Damage("the manifest is malformed")
            prefix += byte
        length = varint(prefix, 0)[0]
        if length > min(16 * MIB, self.length - self.file.tell()):
            raise Damage("the manifest has a record that is too long")
        return decode(self.file.read(length), ENTRY)

    def extents(self, entry):
        """All extents of an entry, those of the records that continue it included."""
        while True:
            for data in entry["extents"]:
                extent = decode(data, EXTENT)
                yield extent["pack"], extent["frame"], extent["start"], extent["length"]
            if not entry["more"]:
                return
            entry = self.record()
            if any(value for name, value in entry.items() if name not in ("extents", "more")):
                raise Damage("the manifest has a continuation that holds more than extents")

    def entries(self):
        """Every entry with an iterator of its extents, in order; what is not iterated is passed over."""
        self.file.seek(0)
        count, last = 0, []
        while True:
            entry = self.record()
            if not entry["path"]:
                if entry["size"] != count or self.file.tell() != self.length:
                    raise Damage("the manifest does not end as it must")
                return
            parts = entry["path"].split(b"/")
            if not is_safe(entry["path"]) or parts <= last or entry["kind"] > 7 or entry["mode"] > 0o7777 \
                    or (entry["kind"] == HARD_LINK and not is_safe(entry["target"])) \
                    or b"\0" in entry["target"]:
                raise Damage(f"the manifest has an unsafe or misplaced entry: {os.fsdecode(entry['path'])}")
            extents = self.extents(entry)
            yield entry, extents
            for _ in extents:
                pass
            count, last = count + 1, parts


# ---- restore -------------------------------------------------------------------------------------

class Packs:
    """Decoded frames of the packs of one snapshot; keeps 32 packs open and the last 64 MiB of frames."""

    def __init__(self, vault, packs):
        self.vault, self.packs = vault, packs
        self.open, self.frames, self.held, self.opened = OrderedDict(), OrderedDict(), 0, set()

    def run(self, extent, kind):
        """The bytes of one stored extent. Packs are not hashed: the caller checks what the bytes make up."""
        prefix, frame, start, length = extent
        name = f"{prefix:016x}"
        if (name, frame, kind) in self.frames:
            self.frames.move_to_end((name, frame, kind))
        else:
            try:
                data = self.pack(name).decode(frame, kind)
            except Damage as error:
                raise Damage(f"pack {self.packs.get(name, [name])[0]}: {error}", error.code) from None
            self.opened.add(kind)
            self.frames[name, frame, kind] = data
            self.held += len(data)
            while self.held > 64 * MIB:
                self.held -= len(self.frames.popitem(last=False)[1])
        data = self.frames[name, frame, kind]
        if start + length > len(data):
            raise Damage(f"an extent reaches beyond its frame in pack {name}")
        return data[start:start + length]

    def pack(self, name):
        if name not in self.packs:
            raise Damage("is not one that the head names")
        if name not in self.open:
            identifier, size = self.packs[name]
            file, real = open_object(self.vault.path(f"packs/{identifier[:2]}/{identifier}"))
            if real != size:
                raise Damage(f"has {real} bytes instead of {size}")
            self.open[name] = Sealed(self.vault, file, 0, size, "pack")
            if len(self.open) > 32:
                self.open.popitem(last=False)[1].file.close()
        self.open.move_to_end(name)
        return self.open[name]


class Content:
    """Checks a file's content as it passes: by its SHA-256, or by the digest of its pages."""

    def __init__(self, entry, page_key):
        self.hash, self.page, self.rest, self.key = hashlib.sha256(), 0, b"", page_key
        self.right = entry["sha256"] or entry["page_digest"]
        if entry["page_digest"]:
            self.page = entry["page_bytes"]
        if bool(entry["sha256"]) == bool(entry["page_digest"]) or (self.page == 0) != bool(entry["sha256"]) \
                or self.page > MIB or (self.page and len(page_key) != 32):
            raise Damage("its entry states no usable checksum")

    def feed(self, data):
        if not self.page:
            return self.hash.update(data)
        data = self.rest + data if self.rest else data
        whole = len(data) - len(data) % self.page
        for at in range(0, whole, self.page):
            self.identify(data[at:at + self.page])
        self.rest = data[whole:]

    def identify(self, page):
        zero = page.count(0) == len(page)
        self.hash.update(bytes(16) if zero else hmac.digest(self.key, page, "sha256")[:16])

    def is_right(self):
        if self.rest:
            self.identify(self.rest)
        return hmac.compare_digest(self.hash.digest(), self.right)


class Tree:
    """The target folder. Every name in it is reached component by component, never through a link."""

    FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC

    def __init__(self, target, vault):
        inside = os.path.realpath(vault.root)
        if os.path.commonpath([os.path.realpath(target), inside]) == inside:
            raise Trouble(f"{target} lies inside the vault", 15)
        if os.path.lexists(target) and not (os.path.isdir(target) and not os.listdir(target)):
            raise Trouble(f"{target} is not an empty folder; choose another", 15)
        os.makedirs(target, mode=0o700, exist_ok=True)
        self.root = os.open(target, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        self.where, self.fd, self.damaged, self.warnings, self.code = None, None, 0, 0, 5

    def parent(self, path):
        """The open folder that holds a path, and the path's last component."""
        *folders, name = path.split(b"/")
        if self.where != folders:
            if self.fd is not None:
                os.close(self.fd)
            self.where, self.fd = None, os.dup(self.root)
            for folder in folders:
                try:
                    fd = os.open(folder, self.FOLDER, dir_fd=self.fd)
                except FileNotFoundError:
                    os.mkdir(folder, 0o700, dir_fd=self.fd)
                    fd = os.open(folder, self.FOLDER, dir_fd=self.fd)
                os.close(self.fd)
                self.fd = fd
            self.where = folders
        return self.fd, name

    def blame(self, path, error):
        self.code = 12 if isinstance(error, Trouble) and error.code == 12 and not self.damaged else 5
        self.damaged += 1
        say(f"BAD  {os.fsdecode(path)}: {error.strerror if isinstance(error, OSError) else error}")

    def attempt(self, path, work, *arguments):
        """Does one entry; what fails is named, and the rest goes on, unless the disk itself has failed."""
        try:
            work(*arguments)
        except OSError as error:
            if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO, errno.EMFILE):
                raise
            self.blame(path, error)
        except OverflowError:
            self.blame(path, Damage("its entry holds an impossible number"))
        except Damage as error:
            self.blame(path, error)

    def make(self, path, entry, extents, packs, page_key):
        fd, name = self.parent(path)
        kind = entry["kind"]
        if kind == DIRECTORY:
            return os.mkdir(name, 0o700, dir_fd=fd)  # dressed at the end, when nothing enters it any more
        if kind == FILE:
            self.write(fd, name, entry, extents, packs, page_key)
        elif kind == SYMBOLIC_LINK:
            os.symlink(entry["target"], name, dir_fd=fd)
        else:
            form = {FIFO: stat.S_IFIFO, SOCKET: stat.S_IFSOCK, CHARACTER_DEVICE: stat.S_IFCHR,
                    BLOCK_DEVICE: stat.S_IFBLK}[kind]
            os.mknod(name, form | 0o600, entry["device_number"], dir_fd=fd)
        self.dress(path, entry)

    def write(self, parent, name, entry, extents, packs, page_key):
        content, at, error = Content(entry, page_key), 0, None
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        with os.fdopen(os.open(name, flags, 0o600, dir_fd=parent), "wb") as file:
            try:
                try:
                    file.truncate(entry["size"])
                except (OSError, OverflowError):
                    raise Damage("it is larger than this file system allows") from None
                for extent in extents:
                    if at + extent[3] > entry["size"]:
                        raise Damage("it has more content than its size")
                    if extent[:2] == (0, 0):
                        for done in range(0, extent[3], MIB):
                            content.feed(bytes(min(MIB, extent[3] - done)))
                    else:
                        try:
                            data = packs.run(extent, 2)
                            file.seek(at)
                            file.write(data)
                            content.feed(data)
                        except Damage as damage:
                            if damage.code == 12 and 2 not in packs.opened:
                                raise Trouble("the identity opens the names but not the contents: this is "
                                              "not the key of the recovery kit", 12) from None
                            error = error or damage
                    at += extent[3]
                if at != entry["size"]:
                    raise Damage("it has less content than its size")
            except Damage as damage:
                error = damage
        if error or not content.is_right():
            try:
                os.rename(name, name + b".damaged", src_dir_fd=parent, dst_dir_fd=parent)
            except OSError:
                os.unlink(name, dir_fd=parent)
            raise error or Damage("its content is not what its checksum says")

    def link(self, path, target):
        fd = os.dup(self.parent(target)[0])
        try:
            there, name = self.parent(path)
            os.link(target.split(b"/")[-1], name, src_dir_fd=fd, dst_dir_fd=there, follow_symlinks=False)
        finally:
            os.close(fd)

    def dress(self, path, entry):
        """Owner, attributes, mode and times, in this order, for each may undo the one after it."""
        fd, name = self.parent(path)
        mode, link = entry["mode"], entry["kind"] == SYMBOLIC_LINK
        steps = []
        if os.geteuid() == 0:
            owner = entry["owner"], entry["group"]
            steps.append(lambda: os.chown(name, *owner, dir_fd=fd, follow_symlinks=False))
        elif entry["kind"] == FILE:
            mode &= 0o1777  # without its owner a program must not keep its set-id bits
        for attribute in (decode(data, ATTRIBUTE) for data in entry["attributes"]):
            steps.append(lambda a=attribute: os.setxattr(
                b"/proc/self/fd/%d/%s" % (fd, name), a["name"], a["value"], follow_symlinks=False))
        if not link:
            steps.append(lambda: os.chmod(name, mode, dir_fd=fd))
        times = (entry["modified"] - (entry["modified"] >> 63 << 64),) * 2
        steps.append(lambda: os.utime(name, ns=times, dir_fd=fd, follow_symlinks=False))
        for step in steps:
            try:
                step()
            except (OSError, OverflowError, ValueError) as error:
                self.warnings += 1
                warn(f"note: {os.fsdecode(path)}: owner, mode, time or attribute not set: {error}")

    def dress_folders(self, manifest, wanted):
        """A folder is dressed when the entries leave it, so that no mode locks out what is still to do."""
        inside = []
        for entry, _ in manifest.entries():
            while inside and not entry["path"].startswith(inside[-1]["path"] + b"/"):
                folder = inside.pop()
                self.attempt(folder["path"], self.dress, folder["path"], folder)
            if entry["kind"] == DIRECTORY and wanted(entry):
                inside.append(entry)
        for folder in reversed(inside):
            self.attempt(folder["path"], self.dress, folder["path"], folder)


def restore(vault, arguments):
    prefix = os.fsencode(arguments.path or "").strip(b"/")

    def wanted(entry):
        path = entry["path"]
        return not prefix or path == prefix or path.startswith(prefix + b"/") \
            or (entry["kind"] == DIRECTORY and prefix.startswith(path + b"/"))

    with choose(vault, arguments.stream, arguments.seq) as snapshot:
        say(f"{snapshot.name}: signature good, made {snapshot.head['time']}")
        if snapshot.head["problems"]:
            warn(f"note: this snapshot is INCOMPLETE: {snapshot.head['problems']} paths could not be read")
        body = snapshot.body()
        frames = [offset for offset, _ in body.walk((3,))]
        if len(frames) != 1:
            raise Damage("its body is not one frame")
        root = decode(body.decode(frames[0], 3), ROOT)
        packs = Packs(vault, snapshot.packs)
    tree = Tree(arguments.target, vault)
    with tempfile.TemporaryFile(dir=arguments.target) as spool:
        right, length = hashlib.sha256(), 0
        for extent in (decode(data, EXTENT) for data in root["extents"]):
            data = packs.run((extent["pack"], extent["frame"], extent["start"], extent["length"]), 3)
            spool.write(data)
            right.update(data)
            length += len(data)
        if length != root["manifest_bytes"] or right.digest() != root["manifest_sha256"]:
            raise Damage("the manifest is not what its checksum says")
        manifest, count, links = Manifest(spool, length), 0, {}
        for entry, _ in manifest.entries():  # the whole manifest is checked before anything is made
            count += wanted(entry) and not prefix.startswith(entry["path"] + b"/")
            outside = entry["kind"] == HARD_LINK and not wanted({"path": entry["target"], "kind": FILE})
            if outside and wanted(entry):
                links.setdefault(entry["target"], []).append(entry["path"])
        if not count and prefix:
            raise Trouble(f"the snapshot holds nothing under {arguments.path}")
        for entry, extents in manifest.entries():
            if wanted(entry) and entry["kind"] != HARD_LINK:
                tree.attempt(entry["path"], tree.make, entry["path"], entry, extents, packs, root["page_key"])
        missing = set(links)
        for entry, extents in manifest.entries():
            if entry["path"] in links and entry["kind"] not in (DIRECTORY, HARD_LINK):
                missing.discard(entry["path"])  # it lies outside PREFIX, its other names inside
                first, *more = links[entry["path"]]
                tree.attempt(first, tree.make, first, entry, extents, packs, root["page_key"])
                for path in more:
                    tree.attempt(path, tree.link, path, first)
            if entry["kind"] == HARD_LINK and wanted(entry) and entry["target"] not in links:
                tree.attempt(entry["path"], tree.link, entry["path"], entry["target"])
        for path in (path for target in sorted(missing) for path in links[target]):
            tree.blame(path, Damage("the file that it is another name of is not in the manifest"))
        tree.dress_folders(manifest, wanted)
    os.sync()
    say(f"restored {count - tree.damaged} of {count} entries to {arguments.target}; {tree.warnings} notes")
    return tree.code if tree.damaged else 3 if tree.warnings or vault.bad else 0


# ---- wal -----------------------------------------------------------------------------------------

def lsn(position):
    return f"{position >> 32:X}/{position & 0xffffffff:X}"


def position(text):
    high, slash, low = text.rpartition("/")
    if not re.fullmatch("[0-9A-Fa-f]{1,8}/[0-9A-Fa-f]{1,8}" if slash else "[0-9A-Fa-f]{16}", text):
        raise argparse.ArgumentTypeError("a position is like 3/A1000028")
    return int(high or "0", 16) << 32 | int(low, 16)


class Segments:
    """The segment files of one timeline, filled from pieces in the order of their first position."""

    def __init__(self, folder, epoch, size):
        self.folder, self.epoch, self.size = folder, epoch, size
        self.covered, self.number, self.file, self.count = None, None, None, 0

    def path(self, number):
        per = (1 << 32) // self.size
        return os.path.join(self.folder, f"{self.epoch:08X}{number // per:08X}{number % per:08X}")

    def put(self, at, data):
        """Writes what is new and compares what is there already."""
        while data:
            number, inside = divmod(at, self.size)
            piece, data = data[:self.size - inside], data[self.size - inside:]
            if number != self.number:
                self.close()
                there = os.path.exists(self.path(number))
                self.file, self.number = open(self.path(number), "r+b" if there else "x+b"), number
                self.file.truncate(self.size)
                self.count += not there
            old = max(0, min(len(piece), (self.covered or 0) - at))
            self.file.seek(inside)
            if self.file.read(old) != piece[:old]:
                for bad in range(number, (self.covered - 1) // self.size + 1):
                    os.unlink(self.path(bad))
                raise Trouble(f"two pieces differ near {lsn(at)} of timeline {self.epoch}: forged, or "
                              "written by two servers. Segments before that are written, none after", 5)
            self.file.seek(inside + old)
            self.file.write(piece[old:])
            at += len(piece)
            self.covered = max(self.covered or 0, at)

    def close(self):
        if self.file:
            self.file.close()


def wal(vault, arguments):
    if arguments.start and arguments.to is not None and arguments.start >= arguments.to:
        raise Trouble("--from must lie before --to", 2)
    pieces, histories, sources, code = {}, {}, {}, 0
    for name, piece in vault.signed("log", arguments.stream):
        if piece.head["kind"] != "postgresql":
            raise Trouble("this is not a PostgreSQL stream", 15)
        if piece.history or arguments.epoch in (None, piece.head["epoch"]):
            sources.setdefault(str(piece.head.get("source")), name)
            facts, kind = piece.head["facts"], histories if piece.history else pieces
            size = str(facts.get("segment_bytes"))
            kind.setdefault(piece.head["epoch"], []).append((piece.start, -piece.end, name, size))
    if not pieces:
        raise Trouble("there is no log of this stream here that can be used", 5 if vault.bad else 1)
    if len(sources) > 1:
        raise Trouble("this stream holds the log of several PostgreSQL clusters (system identifiers "
                      + ", ".join(sorted(sources)) + "); their positions cannot be joined", 15)
    os.close(Tree(arguments.target, vault).root)
    opened = False
    for epoch, found in sorted(histories.items()):
        texts = set()
        for _, _, name, _ in found:
            try:
                with open_piece(vault, name) as (_, body):
                    if sum(plain for _, plain in body.walk((2,))) > MIB:
                        raise Damage("is too long for a history file")
                    texts.add(b"".join(body.decode(offset, 2) for offset, _ in body.walk((2,))))
            except Damage as error:
                vault.blame(name, error)
                code = 12 if error.code == 12 and code != 5 else 5
        if not texts:
            continue
        if len(texts) > 1:
            raise Damage(f"there are different history files of timeline {epoch}: refused")
        with open(os.path.join(arguments.target, f"{epoch:08X}.history"), "xb") as file:
            file.write(texts.pop())
        say(f"wrote {epoch:08X}.history")
    for epoch, found in sorted(pieces.items()):
        sizes = {size for *_, size in found}
        if len(sizes) != 1 or not re.fullmatch("[0-9]{7,10}", min(sizes)) \
                or int(min(sizes)) not in [MIB << shift for shift in range(11)]:
            raise Damage(f"timeline {epoch}: `segment_bytes` is missing, malformed or not always the same")
        segments = Segments(arguments.target, epoch, int(min(sizes)))
        low = (arguments.start or 0) // segments.size * segments.size
        high = arguments.to if arguments.to is not None else 1 << 64
        begin, lone = None, len(pieces) == 1
        reached = arguments.start if lone else None  # so that a late beginning is a gap
        for start, end, name, _ in sorted(found):
            start, end = max(start, low), min(-end, high)
            if start >= end:
                continue
            if reached is not None and start > reached:
                warn(f"GAP  timeline {epoch}: no log from {lsn(reached)} to {lsn(start)}")
                code = code or 3
            if begin is None:
                begin, segments.covered = start, start
            try:
                with open_piece(vault, name) as (piece, body):
                    at = piece.start
                    for offset, plain in body.walk((2,)):
                        if at < end and at + plain > start:
                            data = body.decode(offset, 2)
                            segments.put(max(at, start), data[max(0, start - at):max(0, end - at)])
                        at += plain
                        opened = True
            except Damage as error:
                if error.code == 12 and not opened:
                    raise
                vault.blame(name, error)
                code = 12 if error.code == 12 and code != 5 else 5
            reached = max(reached or 0, segments.covered)
        segments.close()
        if begin is not None:
            say(f"timeline {epoch}: {lsn(begin)} to {lsn(segments.covered)}, {segments.count} segments")
            if begin % segments.size:
                warn(f"note: the first segment has zero bytes before {lsn(begin)}, for no log of it is there")
        if lone and arguments.to is not None and (segments.covered or 0) < high:
            warn(f"GAP  timeline {epoch}: the log ends before {lsn(high)}")
            code = code or 3
    return 5 if vault.bad and code != 12 else code


class open_piece:
    """A log object, all its hashes checked, and its body."""

    def __init__(self, vault, name):
        self.piece = Signed(vault, name, re.fullmatch(NAMES["log"], name), True)

    def __enter__(self):
        body = self.piece.body()
        if not self.piece.history and body.check() != self.piece.end - self.piece.start:
            raise Damage("its body has not the length that its name says")
        return self.piece, body

    def __exit__(self, *_):
        self.piece.file.close()


# ---- list, show, verify --------------------------------------------------------------------------

def amount(count):
    for unit in ("B", "KiB", "MiB", "GiB"):
        if count < 1024:
            break
        count, unit = count / 1024, "TiB"
    return f"{count} B" if unit == "B" else f"{count:.1f} {unit}"


def choose(vault, stream, which):
    """The one good snapshot object that is meant."""
    match = re.fullmatch("(?:latest|0*([0-9]{1,10}))(-[0-9a-f]{1,16})?", which)
    if not match or not re.fullmatch(STREAM, stream):
        raise Trouble("a stream is HOST.STACK.COMPONENT, a snapshot a number or `latest`", 2)
    found = {}
    for name, name_match in vault.names(f"snapshots/{stream}"):
        seq = name_match and int(name_match["seq"])
        if seq and (not match[1] or seq == int(match[1])) and (match[2] or "-") in name[-17:]:
            found.setdefault(seq, []).append((name, name_match))
    for seq in sorted(found, reverse=True):
        good = []
        for name, name_match in found[seq]:
            try:
                good.append(Signed(vault, name, name_match, True))
            except Damage as error:
                vault.blame(name, error)
        if len(good) > 1:
            names = ", ".join(f"{one.name.split('/')[-1]} of {one.head['time']}" for one in good)
            raise Trouble(f"there are {len(good)} snapshots {seq}: name one of {names}", 15)
        if good:
            return good[0]
        if which == "latest":
            warn(f"WARNING: snapshot {seq} is damaged or forged; trying the one before it")
    raise Trouble(f"{stream} has no good snapshot {which}", 5 if found else 1)


def show(vault, arguments):
    with choose(vault, arguments.stream, arguments.seq) as snapshot:
        for line in json.dumps(snapshot.head, indent=2, ensure_ascii=False).split("\n"):
            say(line)


def list_all(vault, _):
    streams = {}
    for name, snapshot in vault.signed("snapshots"):
        head = snapshot.head
        sizes = ", ".join(f"{key} {head['sizes'][key] if key == 'entries' else amount(head['sizes'][key])}"
                          for key in ("source", "added", "stored", "entries")
                          if type(head["sizes"].get(key)) is int)
        whole = f"INCOMPLETE ({head['problems']} paths)" if head["problems"] else "complete"
        streams.setdefault(head["stream"], []).append(
            f"  {head['seq']:>6}  {head['time']}  {head['kind']}  {sizes}; {whole}; signature good")
    pieces = {}
    for name, piece in vault.signed("log"):
        spans = pieces.setdefault((piece.head["stream"], piece.head["epoch"]), [])
        if not piece.history:
            spans.append((piece.start, piece.end))
    for (stream, epoch), spans in sorted(pieces.items()):
        lines, covered = streams.setdefault(stream, []), None
        for start, end in sorted(spans):
            if covered is None or start > covered:
                gap = "" if covered is None else f" (GAP of {amount(start - covered)} before it)"
                lines.append([f"  log, epoch {epoch}{gap}: {lsn(start)}", start])
            covered = max(covered or 0, end)
            lines[-1][1] = covered
        if not spans:
            lines.append(f"  log, epoch {epoch}: a history file only")
    for stream, lines in sorted(streams.items()):
        say(stream)
        for line in lines:
            say(line if isinstance(line, str) else f"{line[0]} to {lsn(line[1])}")
    say("This looked at the heads only; `verify` reads every byte.")
    return 5 if vault.bad else 0


def verify(vault, _):
    packs, missing, counts, foreign = {}, {}, {}, []
    for name, match in vault.names(""):  # sorted: the packs come before the snapshots that need them
        kind = name.split("/")[0]
        if not match:
            foreign.append(name)
            continue
        if kind in ("hosts", "log", "packs", "snapshots"):
            counts[kind] = counts.get(kind, 0) + 1
        try:
            if kind == "packs":
                verify_pack(vault, name, match["id"], packs)
            elif kind in ("snapshots", "log"):
                with Signed(vault, name, match, True) as signed:
                    length = signed.body().check()
                    if kind == "log" and not signed.history and length != signed.end - signed.start:
                        raise Damage("its body has not the length that its name says")
                    needed = getattr(signed, "packs", {}).values()
                    lacking = [pack for pack, size in needed if packs.get(pack) != size]
                    for pack in lacking:
                        missing.setdefault(pack, name)
                    if lacking:
                        say(f"BAD  {name}: {len(lacking)} packs that it needs are missing or bad")
        except Damage as error:
            vault.blame(name, error)
    for pack, name in sorted(missing.items()):
        vault.blame(f"packs/{pack[:2]}/{pack}", "is missing, bad or of another size; needed by " + name)
    for name in foreign:
        say(f"foreign (ignored): {name}")
    say("looked at " + ", ".join(f"{count} {kind}" for kind, count in sorted(counts.items()))
        + f"; {len(foreign)} foreign; {len(set(vault.bad))} bad")
    return 5 if vault.bad else 0


def verify_pack(vault, name, identifier, good):
    file, size = open_object(vault.path(name))
    with file:
        total = hashlib.sha256()
        for offset in range(0, size, MIB):
            total.update(read_at(file, offset, min(MIB, size - offset)))
        if total.hexdigest() != identifier:
            raise Damage("its bytes are not those of its name: damaged")
        Sealed(vault, file, 0, size, "pack").check()
    good[identifier] = size


def main():
    form = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=form)
    parser.add_argument("vault", metavar="VAULT", help="the vault's folder")
    commands = parser.add_subparsers(dest="command", required=True)
    for name, work, text in (
            ("list", list_all, "what is there (no key needed)"),
            ("verify", verify, "check every byte (no key needed)"),
            ("show", show, "print the head of a snapshot (no key needed)"),
            ("restore", restore, "write the files of a snapshot to TARGET"),
            ("wal", wal, "write the PostgreSQL log to TARGET as segment and history files")):
        command = commands.add_parser(name, help=text, description=text)
        command.set_defaults(work=work)
        command.add_argument("--vault-id", metavar="ID", help="the id that the vault must have")
        if name in ("show", "restore", "wal"):
            command.add_argument("stream", metavar="STREAM")
        if name in ("show", "restore"):
            command.add_argument("seq", metavar="SEQ", help="a number, NUMBER-HASH or `latest`")
        if name in ("restore", "wal"):
            command.add_argument("target", metavar="TARGET", help="an empty or new folder")
            command.add_argument("--identity", metavar="FILE", required=True, help="the kit or a key file")
        if name == "restore":
            command.add_argument("--path", metavar="PREFIX", help="only this path and what is below it")
        if name == "wal":
            command.add_argument("--epoch", type=int, metavar="N", help="only this timeline (decimal)")
            command.add_argument("--from", dest="start", type=position, metavar="LSN",
                                 help="from the segment that holds this position")
            command.add_argument("--to", type=position, metavar="LSN", help="up to this position, excluded")
    arguments = parser.parse_args()
    wanted = re.sub(r"\s", "", arguments.vault_id or "").lower() or None
    if wanted and not HASH.fullmatch(wanted):
        raise Trouble("a vault id is 64 hexadecimal digits", 2)
    if "stream" in arguments and not re.fullmatch(STREAM, arguments.stream):
        raise Trouble("a stream is HOST.STACK.COMPONENT", 2)
    keys = read_identities(arguments.identity) if "identity" in arguments else ()
    return arguments.work(Vault(arguments.vault, wanted, keys), arguments) or 0


if __name__ == "__main__":
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    sys.stdout.reconfigure(errors="backslashreplace")
    sys.stderr.reconfigure(errors="backslashreplace")
    try:
        sys.exit(main())
    except Trouble as trouble:
        warn(f"recover.py: {trouble}")
        sys.exit(trouble.code)
    except (OSError, MemoryError) as trouble:
        warn(f"recover.py: {trouble or 'there is not enough memory'}")
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
