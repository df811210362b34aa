import Foundation
import Glibc
public import Model
import Synchronization
import SystemIO
import SystemPackage

/// A real systemd for a test, with units of its own and nothing else: the first process of namespaces, as in a container.
///
/// It has a control group of its own below the root of cgroup2. It sees the files of this host and a `/run` of its own; it may change
/// no setting of the kernel. Everything of it goes with the object, and with the test process whatever becomes of that.
/// Only root can start it.
public final class SystemdHost: Sendable {
    private let folder: ScratchFolder
    private let guardian: Mutex<ChildProgram>

    /// Starts systemd in a group of its own, ends it when it is told to or its parent is gone, and removes the group.
    ///
    /// The folder is in its environment only: a ``FolderGuard`` leaves it alone, since it has to clean up.
    private static let watch = """
        trap '' INT HUP
        top=$(findmnt -f -n -o TARGET -t cgroup2) || exit
        group=$top/lifeboat-$$
        mkdir "$group" || exit
        (
            echo $BASHPID >"$group/cgroup.procs" && exec unshare --cgroup --mount --pid --ipc --uts --net \\
                --fork --kill-child --mount-proc /bin/bash -c "$BOOT" boot "$PLACE"
        ) & child=$!
        trap 'kill -KILL ${inner:-$child}' TERM
        until
            read -r inner <"/proc/$child/task/$child/children"
            [ -n "$inner" ] || ! kill -0 $child
        do sleep 0.01; done 2>/dev/null
        echo "$inner" >"$PLACE/pid.new" && mv "$PLACE/pid.new" "$PLACE/pid"
        while kill -0 $PPID && kill -0 $child; do sleep 0.5 & wait $!; done 2>/dev/null
        kill -KILL $inner $child 2>/dev/null
        wait $child
        for _ in {1..500}; do
            find "$group" -depth -type d -exec rmdir {} + && break
            sleep 0.02
        done 2>/dev/null
        """

    private static let boot = """
        set -e
        mount -t tmpfs tmpfs /run
        mount -t cgroup2 cgroup2 /sys/fs/cgroup
        mount --bind /proc/sys /proc/sys
        mount -o remount,bind,ro /proc/sys
        exec env -i container=lifeboat PATH=/usr/sbin:/usr/bin:/sbin:/bin SYSTEMD_UNIT_PATH="$1/units" \\
            /lib/systemd/systemd --system --unit=basic.target --log-target=console --show-status=no
        """

    /// Starts systemd and waits until it has started.
    ///
    /// - Parameters:
    ///   - units: the texts of unit files by their names; an empty one masks the unit.
    ///   - aliases: units by other names that they have too.
    /// - Throws: `E-TEST-PROGRAM` with what it says when it has not started within five minutes, `E-IO-…`.
    public init(
        units: [String: String],
        aliases: [String: String] = [:]
    ) throws(Fault) {
        folder = try ScratchFolder()
        let place = folder.path
        try Self.write(units, aliases, to: place.appending("units"))
        // Whoever is killed for being slow must not leave a systemctl behind that holds the output open.
        let script = """
            #!/bin/sh
            exec nsenter --target "$(cat '\(place.string)/pid')" --all -- setpriv --pdeathsig KILL /usr/bin/systemctl "$@"

            """
        try DurableFile.create(
            place.appending("systemctl"),
            with: Array(script.utf8),
            mode: 0o700
        )
        guardian = Mutex(
            try ChildProgram(
                ["/bin/bash", "-c", Self.watch],
                environment: [
                    "PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "PLACE": place.string,
                    "BOOT": Self.boot,
                ],
                directory: "/",
                output: place.appending("log").string
            )
        )
        let deadline = ContinuousClock.now + .seconds(300)
        while (try? systemctl("is-active", "basic.target")) == nil {
            let isRunning = guardian.withLock { $0.isRunning }
            guard isRunning, ContinuousClock.now < deadline else {
                throw Fault(.testProgram, "unable to start systemd: \(text("log"))")
            }
            usleep(10_000)
        }
    }

    /// Makes the folder of the units.
    private static func write(
        _ units: [String: String],
        _ aliases: [String: String],
        to folder: FilePath
    ) throws(Fault) {
        try FileSystem.makeDirectories(folder, mode: 0o755)
        var files = units
        // What units depend on unless they say otherwise.
        for target in ["basic", "shutdown", "sockets", "sysinit", "timers"] {
            files["\(target).target"] = "[Unit]\nDefaultDependencies=no\n"
        }
        for (name, text) in files {
            try DurableFile.create(folder.appending(name), with: Array(text.utf8), mode: 0o644)
        }
        for (alias, unit) in aliases {
            do {
                try FileManager.default.createSymbolicLink(
                    atPath: folder.appending(alias).string,
                    withDestinationPath: unit
                )
            } catch {
                throw Fault(.testProgram, "unable to name unit '\(unit)' '\(alias)': \(error)")
            }
        }
    }

    deinit { guardian.withLock { $0.terminate() } }

    /// What speaks to it in the place of `systemctl`, whose name it has: its folder can be put in front of PATH.
    public var program: String { folder.path.appending("systemctl").string }

    /// Runs `systemctl` to its end.
    ///
    /// - Throws: `E-TEST-PROGRAM` with its words.
    public func systemctl(_ arguments: String...) throws(Fault) {
        let words = folder.path.appending("words").string
        let child = try ChildProgram(
            [program] + arguments,
            environment: ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin"],
            directory: folder.path.string,
            output: words
        )
        guard child.wait() == 0 else {
            throw Fault(
                .testProgram,
                "unable to run systemctl \(arguments.joined(separator: " ")): \(text("words"))"
            )
        }
    }

    /// Whether somebody listens at a Unix socket that one of its units made.
    public func canConnect(to path: String) -> Bool {
        UnixSocket.canConnect(to: outside(path))
    }

    /// Whether a file is there that one of its units made.
    public func has(_ path: String) -> Bool {
        FileManager.default.fileExists(atPath: outside(path))
    }

    private func outside(_ path: String) -> String {
        "/proc/\(text("pid").trimmingCharacters(in: .whitespacesAndNewlines))/root\(path)"
    }

    private func text(_ name: String) -> String {
        let bytes = FileManager.default.contents(atPath: folder.path.appending(name).string)
        return String(decoding: bytes ?? Data(), as: UTF8.self)
    }
}
