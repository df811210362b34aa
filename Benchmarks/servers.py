"""Servers of the benchmarks: in folders of their own, ended with the benchmark."""
import os, signal, socket, subprocess, sys, time

from measuring import LIFEBOAT, as_postgres, folder_for_postgres, lifeboat

BINARIES = os.environ.get("LIFEBOAT_BENCH_POSTGRES", "/usr/lib/postgresql/15/bin")


def wait_until(condition, what, seconds=600, pause=0.02):
    limit = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > limit:
            sys.exit(f"error: {what} did not happen within {seconds} seconds")
        time.sleep(pause)


class Postgres:
    """A cluster with page checksums that listens on a socket in its folder. It loses data in a power cut, as benchmarks may."""

    def __init__(self, place, settings=()):
        self.place = folder_for_postgres(place)
        self.data = os.path.join(place, "data")
        self.tool("initdb", "-D", self.data, "-U", "postgres", "-A", "trust", "-N", "-k", "--locale=C.UTF-8", "--encoding=UTF8")
        with open(os.path.join(self.data, "postgresql.conf"), "a") as file:
            lines = [f"unix_socket_directories = '{place}'", "listen_addresses = ''", "fsync = off", "max_wal_size = 16GB",
                     "checkpoint_timeout = 1h", "autovacuum = off", "shared_buffers = 256MB", *settings]
            file.write("\n".join(lines) + "\n")
        self.session = None
        self.tool("pg_ctl", "-D", self.data, "-l", os.path.join(place, "log"), "-w", "start")

    def __enter__(self):
        self.session = subprocess.Popen(as_postgres([os.path.join(BINARIES, "psql"), *self.address, "-XAtq", "-d", "postgres"]),
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=self.place)
        return self

    def __exit__(self, *_):
        if self.session:
            self.session.stdin.close()
            self.session.wait()
        self.tool("pg_ctl", "-D", self.data, "-m", "immediate", "-w", "stop")

    @property
    def address(self):
        return ["-h", self.place, "-U", "postgres"]

    @property
    def dsn(self):
        return f"host={self.place} user=postgres dbname=postgres"

    def tool(self, name, *arguments):
        subprocess.run(as_postgres([os.path.join(BINARIES, name), *arguments]), check=True, cwd=self.place,
                       stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def ask(self, sql):
        """The one line that a statement answers, over a session that stays open: asking costs next to nothing."""
        self.session.stdin.write(sql + ";\n")
        self.session.stdin.flush()
        return self.session.stdout.readline().strip()

    def do(self, sql):
        self.tool("psql", *self.address, "-d", "postgres", "-v", "ON_ERROR_STOP=1", "-c", sql)

    def position(self):
        return self.ask("select pg_current_wal_flush_lsn()")

    def has_passed(self, slot, position):
        return self.ask(f"select coalesce((select restart_lsn >= '{position}' from pg_replication_slots "
                        f"where slot_name = '{slot}'), false)") == "t"


def fill_log(server, megabytes):
    """Writes so much log, of pieces of 1 MiB that are not alike within 64 MiB and compress like text of hex digits."""
    server.do("create table if not exists pieces (piece text)")
    server.do("truncate pieces")
    server.do("insert into pieces select string_agg(md5(n::text || '-' || g::text), '') from generate_series(1, 64) n, "
              "generate_series(1, 32768) g group by n")
    server.do("do $$ begin for round in 1.." + str(max(1, megabytes // 64)) + " loop "
              "perform pg_logical_emit_message(false, 'bench', piece) from pieces; end loop; end $$")


def protect(server, place, extra=()):
    """Makes a vault for the server in a folder of its own."""
    os.makedirs(place, exist_ok=True)
    lifeboat(["init", "bench", "--copy", "vault", "--postgres", server.dsn, "--state", "state", "--host", "h1", "--kit", "kit.txt",
              "--quiet", *extra], place)


class Receiver:
    """`lifeboat run`, from its start to its end."""

    def __init__(self, place):
        self.place = place

    def __enter__(self):
        self.log = open(os.path.join(self.place, "run.log"), "w")
        self.process = subprocess.Popen([LIFEBOAT, "run"], cwd=self.place, stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log)
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait()
        self.log.close()

    def usage(self):
        """Its seconds of processors and its peak memory in MiB, so far."""
        with open(f"/proc/{self.process.pid}/stat") as file:
            fields = file.read().rsplit(")", 1)[1].split()
        ticks = int(fields[11]) + int(fields[12])
        with open(f"/proc/{self.process.pid}/status") as file:
            peak = [int(line.split()[1]) for line in file if line.startswith("VmHWM")][0]
        return ticks / os.sysconf("SC_CLK_TCK"), peak // 1024


class Redis:
    """A Redis server on a free port of loopback, without a disk of its own; who wants a copy is not kept waiting for others."""

    def __init__(self, place):
        self.place = place
        os.makedirs(place)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]

    def __enter__(self):
        self.process = subprocess.Popen(["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--dir", self.place,
                                         "--repl-diskless-sync-delay", "0"],
                                        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        wait_until(lambda: subprocess.run(self.client + ["ping"], capture_output=True, text=True).stdout.strip() == "PONG", "an answer of Redis")
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()

    @property
    def client(self):
        return ["redis-cli", "-h", "127.0.0.1", "-p", str(self.port)]
