"""What every benchmark needs: a program run and measured, a table, and what the machine is."""
import json, math, os, platform, pwd, shutil, subprocess, sys, time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
LIFEBOAT = os.path.join(ROOT, ".build/release/lifeboat")


class Run:
    """How one run of a program went: seconds by the clock, seconds of processors, peak memory in MiB, and its output."""

    def __init__(self, seconds, usage, output):
        self.seconds = seconds
        self.cpu = usage.ru_utime + usage.ru_stime
        self.peak = usage.ru_maxrss // 1024
        self.output = output

    def message(self, kind):
        """The last object of a kind that `lifeboat --json` wrote."""
        found = [json.loads(line) for line in self.output.splitlines() if line.startswith("{")]
        return [each for each in found if each.get("message_type") == kind][-1]


def measured(command, folder, environment=None, accepted=(0,)):
    """Runs a program to its end; what it started and waited for counts with it. Ends the benchmark when it fails."""
    path = os.path.join(folder, ".output")
    with open(path, "w") as output:
        began = time.perf_counter()
        process = subprocess.Popen(command, cwd=folder, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
                                   env=dict(os.environ, **(environment or {})))
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    with open(path, errors="replace") as file:
        text = file.read()
    if process.returncode not in accepted:
        sys.exit(f"error: {' '.join(command)} ended with {process.returncode}: {text[-2000:]}")
    return Run(seconds, usage, text)


def lifeboat(arguments, folder, environment=None, accepted=(0,)):
    return measured([LIFEBOAT] + arguments, folder, environment, accepted)


def as_postgres(command):
    """The command under the account that runs PostgreSQL, when this is root, which may not."""
    if os.geteuid() != 0:
        return command
    return ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", "env"] + command


def folder_for_postgres(path):
    os.makedirs(path)
    if os.geteuid() == 0:
        account = pwd.getpwnam("postgres")
        os.chown(path, account.pw_uid, account.pw_gid)
    return path


def bytes_below(path):
    total = 0
    for folder, _, names in os.walk(path):
        for name in names:
            try:
                total += os.lstat(os.path.join(folder, name)).st_size
            except FileNotFoundError:
                pass
    return total


def percentile(values, share):
    """The smallest value that so large a share of the values does not exceed."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def median(values):
    return percentile(values, 0.5)


def rotated(items, number):
    """The items in another order each time, so that no one always comes first."""
    number %= len(items)
    return items[number:] + items[:number]


class Table:
    """Prints rows as they come, so that a long run shows where it is."""

    def __init__(self, title, columns):
        self.widths = [max(len(name), 8) for name in columns]
        self.widths[0] = 44
        print(f"\n{title}")
        self.row(*columns)

    def row(self, *cells):
        texts = [self.text(cell) for cell in cells]
        first, rest = texts[0].ljust(self.widths[0]), zip(texts[1:], self.widths[1:])
        print("  ".join([first] + [text.rjust(width) for text, width in rest]), flush=True)

    @staticmethod
    def text(cell):
        if cell is None:
            return "-"
        return cell if isinstance(cell, str) else f"{cell:.1f}" if abs(cell) >= 10 else f"{cell:.3f}"


def has(program):
    return shutil.which(program) is not None


def version(command):
    found = subprocess.run(command, capture_output=True, text=True)
    return found.stdout.strip().splitlines()[0] if found.stdout.strip() else "-"


def describe_machine():
    model = "an unknown processor"
    with open("/proc/cpuinfo") as file:
        for line in file:
            if line.startswith("model name"):
                model = line.split(":", 1)[1].strip()
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") >> 30
    print(f"{time.strftime('%Y-%m-%d %H:%M')}, {os.cpu_count()} x {model}, {memory} GiB, Linux {platform.release()}, "
          f"load {os.getloadavg()[0]:.2f} before; {version([LIFEBOAT, '--version'])}")
