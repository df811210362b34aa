"""A Redis of 1,000,000 keys, beside `redis-cli --rdb`."""
import os, random, subprocess

from measuring import Table, lifeboat, measured, median, rotated
from servers import Redis


def run(place, scale, rounds):
    count = max(1000, int(1_000_000 * scale))
    with Redis(os.path.join(place, "server")) as server:
        fill(server, count)
        lifeboat(["init", "web", "--copy", "vault", "--redis", f"redis://127.0.0.1:{server.port}", "--state", "state", "--host", "h1",
                  "--kit", "kit.txt", "--quiet"], place)
        copy = os.path.join(place, "dump.rdb")
        programs = {"lifeboat backup": lambda: lifeboat(["backup", "--quiet"], place),
                    "redis-cli --rdb": lambda: measured(server.client + ["--rdb", copy], place)}
        first = {name: program() for name, program in programs.items()}
        table = Table(f"keys: {count} of Redis, {os.path.getsize(copy) >> 20} MiB as RDB", ["program", "s", "CPU s", "peak MiB"])
        for name, run in first.items():
            table.row(f"{name}, first", run.seconds, run.cpu, str(run.peak))
        seconds = {name: [] for name in programs}
        for number in range(rounds):
            for name in rotated(list(programs), number):
                run = programs[name]()
                seconds[name].append(run.seconds)
                table.row(f"{name}, {number + 1}", run.seconds, run.cpu, str(run.peak))
        mine, theirs = (median(found) for found in seconds.values())
        table.row("lifeboat / redis-cli, first", first["lifeboat backup"].seconds / first["redis-cli --rdb"].seconds)
        table.row("lifeboat / redis-cli, median of the others", mine / theirs)


def fill(server, count):
    """Keys with values of hex digits, half of which expire in a year."""
    generator = random.Random(1)
    pipe = subprocess.Popen(server.client + ["--pipe"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
    for number in range(count):
        words = ["SET", f"session:{number}", generator.randbytes(generator.randrange(20, 150)).hex()]
        if number % 2:
            words += ["EX", str(365 * 86_400)]
        command = f"*{len(words)}\r\n" + "".join(f"${len(word)}\r\n{word}\r\n" for word in words)
        pipe.stdin.write(command.encode())
    pipe.stdin.close()
    pipe.wait()
