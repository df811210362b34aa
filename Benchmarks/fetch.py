"""Segments handed out by `lifeboat wal fetch` as a server asks for them: milliseconds a call, beside what any program takes."""
import os, subprocess, time

from measuring import LIFEBOAT, Table, lifeboat, percentile
from servers import Postgres, Receiver, fill_log, protect, wait_until


def run(place, scale, rounds):
    own, out = os.path.join(place, "lifeboat"), os.path.join(place, "out")
    names = segments(place, own, max(18, int(90 * scale)))
    ahead = os.path.join(own, "state/wal/postgres/ahead")
    configuration = os.path.join(own, "lifeboat.yaml")
    times = {}

    def call(what, command):
        began = time.perf_counter()
        subprocess.run(command, check=True, cwd=place, stdout=subprocess.DEVNULL)
        times.setdefault(what, []).append(1000 * (time.perf_counter() - began))

    for _ in range(rounds):
        os.makedirs(out, exist_ok=True)
        for number, name in enumerate(names):
            is_ahead = os.path.exists(os.path.join(ahead, name))
            fetch = f"{LIFEBOAT} --config {configuration} wal fetch {name} {out}/{name}"
            if is_ahead and number % 2:
                call("the shell first: mv … || lifeboat", ["sh", "-c", f"mv {ahead}/{name} {out}/{name} 2>/dev/null || exec {fetch}"])
            else:
                call("wal fetch, fetched ahead" if is_ahead else "wal fetch, and eight more ahead", fetch.split())
            call("a program that does nothing (/bin/true)", ["/bin/true"])
            call("a shell that does nothing (sh -c :)", ["sh", "-c", ":"])
            call("lifeboat --version", [LIFEBOAT, "--version"])
            call("cp of a segment", ["cp", os.path.join(out, name), os.path.join(place, "copy")])
        subprocess.run(["rm", "-r", out, ahead], check=True)
    table = Table("fetch: milliseconds a call, with the start of the program", ["what", "calls", "p50", "p95", "worst"])
    for what, found in times.items():
        table.row(what, str(len(found)), percentile(found, 0.5), percentile(found, 0.95), max(found))


def segments(place, own, count):
    """Fills the vault with whole segments of log and gives their names."""
    with Postgres(os.path.join(place, "server")) as server:
        protect(server, own)
        lifeboat(["backup", "--quiet"], own)
        first = server.ask("select pg_walfile_name(pg_current_wal_lsn())")
        with Receiver(own):
            fill_log(server, count * 16)
            server.do("select pg_switch_wal()")
            server.do("create table after_the_switch (n int)")
            end = server.position()
            wait_until(lambda: server.has_passed("lifeboat_bench", end), "receiving the log")
        # A name is the timeline, then the segment's number in two parts of which the second counts 256.
        begin = int(first[8:16], 16) * 256 + int(first[16:], 16)
        return [f"{first[:8]}{number // 256:08X}{number % 256:08X}" for number in range(begin + 1, begin + count)]
