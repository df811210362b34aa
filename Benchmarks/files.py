"""30,000 small files, backed up again unchanged, beside restic."""
import os, random

from measuring import Table, bytes_below, has, lifeboat, measured, median, rotated, version


def run(place, scale, rounds):
    count, source = max(100, int(30_000 * scale)), os.path.join(place, "source")
    generator = random.Random(1)
    for number in range(count):
        folder = os.path.join(source, str(number // 250))
        os.makedirs(folder, exist_ok=True)
        with open(os.path.join(folder, f"file-{number}"), "w") as file:
            file.write(generator.randbytes(generator.randrange(100, 8000)).hex())
    table = Table(f"files: {count} of {bytes_below(source) >> 20} MiB together", ["program", "s", "CPU s", "peak MiB"])
    programs = {"lifeboat backup": prepare_lifeboat(place)}
    if has("restic"):
        programs[" ".join(version(["restic", "version"]).split()[:2])] = prepare_restic(place)
    for name, back_up in programs.items():
        run = back_up()
        table.row(f"{name}, first", run.seconds, run.cpu, str(run.peak))
    medians = {}
    for name, runs in alternate(programs, max(5, rounds)).items():
        medians[name] = median([each.seconds for each in runs])
        table.row(f"{name}, unchanged, median of {len(runs)}", medians[name], median([each.cpu for each in runs]),
                  str(max(each.peak for each in runs)))
    if len(medians) == 2:
        mine, theirs = medians.values()
        table.row("lifeboat / restic, unchanged", mine / theirs)


def alternate(programs, rounds):
    runs = {name: [] for name in programs}
    for number in range(rounds):
        for name in rotated(list(programs), number):
            runs[name].append(programs[name]())
    return runs


def prepare_lifeboat(place):
    lifeboat(["init", "web", "--copy", "vault", "--files", "source", "--state", "state", "--host", "h1", "--kit", "kit.txt", "--quiet"], place)
    return lambda: lifeboat(["backup", "--quiet"], place)


def prepare_restic(place):
    environment = {"RESTIC_PASSWORD": "bench", "RESTIC_REPOSITORY": os.path.join(place, "restic"),
                   "RESTIC_CACHE_DIR": os.path.join(place, "cache")}
    measured(["restic", "init", "--quiet"], place, environment)
    return lambda: measured(["restic", "backup", "--quiet", "source"], place, environment)
