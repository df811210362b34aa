"""Verbs that list, in a vault of 10,000 snapshots and 1,000,000 files, then of 1,000,000 more packs: seconds and memory."""
import hashlib, os, time

from measuring import Table, lifeboat


def run(place, scale, rounds):
    files, turns, packs = (max(10, int(number * scale)) for number in (1_000_000, 1000, 1_000_000))
    big, small = os.path.join(place, "big"), [os.path.join(place, f"small{number}") for number in range(10)]
    for number in range(files):
        folder = os.path.join(big, str(number // 1000))
        if number % 1000 == 0:
            os.makedirs(folder)
        with open(os.path.join(folder, f"file-{number}"), "w") as file:
            file.write(f"content of file {number}\n")
    for folder in small:
        os.makedirs(folder)
    lifeboat(["init", "web", "--copy", "vault", "--files", "big", "--state", "state", "--host", "h1", "--kit", "kit.txt", "--quiet"], place)
    configure(place, small)
    table = Table(f"listings: {turns * len(small)} snapshots, {files} files", ["lifeboat …", "s", "CPU s", "peak MiB"])

    def show(title, arguments):
        # A status of few hours knows no second copy, which is what it says with 4.
        run = lifeboat(arguments.split() + ["--quiet"], place, accepted=(0, 4))
        table.row(title, run.seconds, run.cpu, str(run.peak))

    show(f"backup of {files} files", "backup web/files")
    began = time.monotonic()
    for number in range(turns):
        for folder in small:
            with open(os.path.join(folder, "file"), "w") as file:
                file.write(f"round {number} of {folder}\n")
        lifeboat(["--config", "small.yaml", "backup", "--quiet"], place)
    table.row(f"{turns} backups of {len(small)} components", time.monotonic() - began)
    for words in ["ls", "ls", "status", "status", "prune --dry-run", "check --depth listing", "check", "status"]:
        show(words, words)
    for number in range(packs):
        name = hashlib.sha256(str(number).encode()).hexdigest()
        folder = os.path.join(place, "vault/packs", name[:2])
        os.makedirs(folder, exist_ok=True)
        open(os.path.join(folder, name), "w").close()
    for words in ["ls", "status", "prune --dry-run", "backup web/small0"]:
        show(f"{words}, {packs} more packs", words)


def configure(place, small):
    """One configuration of everything, and one of the small components, of which the many snapshots are."""
    with open(os.path.join(place, "lifeboat.yaml")) as file:
        head, tail = file.read().split("components:\n")
    more = "".join(f"  small{number}:\n    kind: files\n    paths: [{folder}]\n" for number, folder in enumerate(small))
    for name, text in (("small.yaml", head + "components:\n" + more), ("lifeboat.yaml", head + "components:\n" + more + tail)):
        with open(os.path.join(place, name), "w") as file:
            file.write(text)
