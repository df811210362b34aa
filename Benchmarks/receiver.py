"""The log that a slot has kept, received with durable acknowledgement: MB/s, beside pg_receivewal and the disk itself."""
import os, time

from measuring import Table, as_postgres, folder_for_postgres, lifeboat, measured, rotated
from servers import BINARIES, Postgres, Receiver, fill_log, protect, wait_until

SEGMENT = 16 << 20


def run(place, scale, rounds):
    megabytes = max(64, int(2048 * scale))
    with Postgres(os.path.join(place, "server"), ["max_wal_senders = 10", "wal_keep_size = 0"]) as server:
        own, peers = os.path.join(place, "lifeboat"), folder_for_postgres(os.path.join(place, "received"))
        protect(server, own)
        lifeboat(["backup", "--quiet"], own)
        with Receiver(own):
            wait_until(lambda: server.ask("select count(*) from pg_stat_replication where application_name like 'lifeboat%'") != "0",
                       "the beginning of lifeboat run")
        for slot in ("plain", "each"):
            server.do(f"select pg_create_physical_replication_slot('{slot}', true)")
        table = Table(f"receiver: about {megabytes} MiB of log at a time",
                      ["program, round", "s", "MB/s", "CPU s", "peak MiB"])
        programs = [lambda: receive(server, own), lambda: peer(server, peers, "plain"), lambda: peer(server, peers, "each", "--synchronous"),
                    lambda: disk(os.path.join(place, "disk"), megabytes)]
        for number in range(rounds):
            begin = server.position()
            fill_log(server, megabytes)
            server.end = server.position()
            count = int(server.ask(f"select '{server.end}'::pg_lsn - '{begin}'::pg_lsn"))
            for program in rotated(programs, number):
                name, size, seconds, cpu, peak = program()
                table.row(f"{name}, {number + 1}", seconds, (size or count) / 1e6 / seconds, cpu, peak and str(peak))


def receive(server, place):
    """From the start of `lifeboat run` until the server knows that all is durable."""
    began = time.perf_counter()
    with Receiver(place) as receiver:
        wait_until(lambda: server.has_passed("lifeboat_bench", server.end), "receiving the log", pause=0.005)
        seconds = time.perf_counter() - began
        cpu, peak = receiver.usage()
    return "lifeboat run, compressed and sealed", None, seconds, cpu, peak


def peer(server, place, slot, *options):
    """Until pg_receivewal ends by itself, which is when it has synced the segment with the last byte."""
    out = os.path.join(place, slot)
    if not os.path.isdir(out):
        folder_for_postgres(out)
    run = measured(as_postgres([os.path.join(BINARIES, "pg_receivewal"), *server.address, "-D", out, "-S", slot, "-n",
                                f"--endpos={server.end}", *options]), place)
    name = "pg_receivewal" + (" " + options[0] if options else "")
    return name, None, run.seconds, run.cpu, run.peak


def disk(path, megabytes):
    """What the disk takes when each 16 MiB are synced before the next."""
    piece, count = os.urandom(SEGMENT), max(1, (megabytes << 20) // SEGMENT)
    began = time.perf_counter()
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    for _ in range(count):
        os.write(file, piece)
        os.fdatasync(file)
    seconds = time.perf_counter() - began
    os.close(file)
    os.unlink(path)
    return "the disk, fdatasync each 16 MiB", count * SEGMENT, seconds, None, None
