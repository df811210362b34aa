"""A PostgreSQL backup after 2 % of the pages changed: what was read against what changed, beside pg_basebackup and pgBackRest."""
import hashlib, json, os, shutil

from measuring import Table, as_postgres, bytes_below, folder_for_postgres, has, lifeboat, measured, median, rotated, version
from servers import BINARIES, Postgres, Receiver, protect, wait_until

PAGE = 8192


def run(place, scale, rounds):
    with Postgres(os.path.join(place, "server")) as server:
        pages = fill(server, max(8, int(1024 * scale)))
        programs = [Lifeboat(place, server), Basebackup(place, server)]
        if has("pgbackrest"):
            programs.append(Backrest(place, server))
        with Receiver(programs[0].place):
            compare(server, pages, programs, rounds)


def fill(server, megabytes):
    """A table of so many MB whose rows are updated in their page, as `fillfactor` leaves room."""
    server.do("create table entries (id bigint, hits int, note text) with (fillfactor = 80)")
    text = " || ".join(f"md5((g * {number})::text)" for number in (1, 7, 11, 13, 17, 19, 23, 29))
    server.do(f"insert into entries select g, 0, {text} from generate_series(1, {megabytes * 2700}) g")
    server.do("vacuum freeze analyze")
    server.do("checkpoint")
    return int(server.ask("select pg_relation_size('entries') / 8192"))


def compare(server, pages, programs, rounds):
    table = Table(f"incremental: {server.ask('select version()').split(' on ')[0]}, "
                  f"{bytes_below(server.data) >> 20} MiB of files",
                  ["program, round", "s", "CPU s", "peak MiB", "changed MiB", "read MiB", "read/changed", "stored MiB"])
    for program in programs:
        show(table, f"{program.name}, first", program.back_up(True), None)
    before = digests(server.data)
    results = {program.name: [] for program in programs}
    for number in range(rounds):
        server.do(f"update entries set hits = hits + 1 where ctid = any (array(select format('(%s,1)', page)::tid "
                  f"from generate_series({number}, {pages - 1}, 50) page))")
        server.do("checkpoint")
        after = digests(server.data)
        changed = PAGE * difference(before, after)
        before = after
        programs[0].wait_for_log()
        for program in rotated(programs, number):
            result = program.back_up(False)
            results[program.name].append(result)
            show(table, f"{program.name}, {number + 1}", result, changed)
    for name, found in results.items():
        table.row(f"{name}, median", median([each["run"].seconds for each in found]), median([each["run"].cpu for each in found]))


def show(table, name, result, changed):
    run, read, stored = result["run"], result["read"], result["stored"]
    mib = 1 << 20
    table.row(name, run.seconds, run.cpu, str(run.peak), None if changed is None else changed / mib,
              None if read is None else read / mib, None if not changed or read is None else read / changed, stored / mib)


def digests(data):
    """A digest of eight bytes for every page of every relation file, by path."""
    found = {}
    for part in ("base", "global"):
        for folder, _, names in os.walk(os.path.join(data, part)):
            for name in names:
                if name.split(".")[0].split("_")[0].isdigit():
                    with open(os.path.join(folder, name), "rb") as file:
                        found[os.path.join(folder, name)] = b"".join(
                            hashlib.blake2b(page, digest_size=8).digest() for page in iter(lambda: file.read(PAGE), b""))
    return found


def difference(before, after):
    """How many pages are new or other than they were."""
    count = 0
    for path, now in after.items():
        then = before.get(path, b"")
        if now != then:
            count += sum(now[at:at + 8] != then[at:at + 8] for at in range(0, len(now), 8))
    return count


class Lifeboat:
    name = "lifeboat backup"

    def __init__(self, place, server):
        self.place, self.server = os.path.join(place, "lifeboat"), server
        protect(server, self.place)

    def wait_for_log(self):
        """The log is received as it is written; what is measured is the backup."""
        position = self.server.position()
        wait_until(lambda: self.server.has_passed("lifeboat_bench", position), "receiving the log")

    def back_up(self, _):
        run = lifeboat(["backup", "--json"], self.place)
        component = run.message("summary")["components"][0]
        return {"run": run, "read": component["bytes_read"], "stored": component["bytes_stored"]}


class Basebackup:
    name = "pg_basebackup, all, zstd"

    def __init__(self, place, server):
        self.place, self.server = folder_for_postgres(os.path.join(place, "basebackup")), server

    def back_up(self, _):
        out = os.path.join(self.place, "out")
        shutil.rmtree(out, ignore_errors=True)
        run = measured(as_postgres([os.path.join(BINARIES, "pg_basebackup"), *self.server.address, "-D", out, "-Ft", "-X", "none",
                                    "-c", "fast", "--compress=client-zstd:3"]), self.place)
        read = sum(bytes_below(os.path.join(self.server.data, part)) for part in ("base", "global"))
        return {"run": run, "read": read, "stored": bytes_below(out)}


class Backrest:
    name = "pgbackrest --type=incr"

    def __init__(self, place, server):
        self.place = folder_for_postgres(os.path.join(place, "pgbackrest"))
        self.name = f"{version(['pgbackrest', 'version'])} --type=incr"
        self.configuration = os.path.join(self.place, "pgbackrest.conf")
        with open(self.configuration, "w") as file:
            file.write(f"[global]\nrepo1-path={self.place}/repo\nlog-path={self.place}\nlock-path={self.place}\nlog-level-console=error\n"
                       f"start-fast=y\ncompress-type=zst\ncompress-level=3\nprocess-max=2\narchive-check=n\n"
                       f"[bench]\npg1-path={server.data}\npg1-socket-path={server.place}\npg1-user=postgres\n")
        self.call("stanza-create")

    def call(self, *command):
        return measured(as_postgres(["pgbackrest", f"--config={self.configuration}", "--stanza=bench", *command]), self.place)

    def back_up(self, is_first):
        run = self.call("backup", "--type=full" if is_first else "--type=incr")
        info = json.loads(self.call("info", "--output=json").output)[0]["backup"][-1]["info"]
        return {"run": run, "read": info["delta"], "stored": info["repository"]["delta"]}
