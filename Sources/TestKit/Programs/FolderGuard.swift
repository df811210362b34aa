import Glibc
import Model
import Synchronization

/// Ends whatever still works in the folders of tests once the test process is gone, however it went, and removes them.
///
/// A process of its own holds the other end of a pipe. When the test process dies, by SIGKILL or a crash, the system closes the pipe;
/// then every process whose working folder or command line is in a watched folder is killed. A death signal would not do: it comes
/// when the thread that started a program ends, and threads of a pool do.
public final class FolderGuard: Sendable {
    /// The guard of this test process.
    public static let shared = FolderGuard()

    private struct State: ~Copyable {
        var pipe: Int32
        let program: ChildProgram
    }

    private let state: Mutex<State>

    private static let script = """
        trap '' INT TERM HUP
        declare -A folders
        while IFS= read -r line; do
            case $line in
            +*) folders[${line:1}]=1 ;;
            -*) unset "folders[${line:1}]" ;;
            esac
        done
        [ ${#folders[@]} = 0 ] && exit
        # A server may be about to start, so one look is not enough.
        for look in {1..20}; do
            for process in /proc/[0-9]*; do
                [ "${process#/proc/}" = $$ ] && continue
                words=$(tr '\\0' ' ' < "$process/cmdline") || continue
                place=$(readlink "$process/cwd")/
                for folder in "${!folders[@]}"; do
                    if [[ $place == "$folder"/* || $words == *"$folder"* ]]; then
                        kill -KILL "${process#/proc/}"
                    fi
                done
            done 2>&-
            sleep 0.1
        done
        while read -r _ place _; do
            for folder in "${!folders[@]}"; do
                [[ $place == "$folder"/* ]] && umount --lazy "$place"
            done
        done < /proc/mounts
        rm -rf -- "${!folders[@]}"
        """

    /// Starts a guard.
    public init() {
        var ends: [Int32] = [-1, -1]
        guard unsafe pipe(&ends) == 0,
            ends.allSatisfy({ fcntl($0, F_SETFD, FD_CLOEXEC) == 0 }),
            // A group of its own: who interrupts the tests from a terminal must not end the guard first.
            let program = try? ChildProgram(
                ["/usr/bin/setsid", "--wait", "/bin/bash", "-c", Self.script],
                environment: ["PATH": "/usr/bin:/bin"],
                directory: "/",
                input: ends[0]
            )
        else { preconditionFailure("a test process can start a program") }
        close(ends[0])
        state = Mutex(State(pipe: ends[1], program: program))
    }

    deinit { end() }

    /// Watches a folder: its absolute path, without line feeds.
    public func watch(_ folder: String) { tell("+\(folder)\n") }

    /// Watches a folder no more.
    public func release(_ folder: String) { tell("-\(folder)\n") }

    /// Does what the end of the test process does, and waits until all is done.
    public func end() {
        state.withLock { state in
            if state.pipe >= 0 { close(state.pipe) }
            state.pipe = -1
            state.program.wait()
        }
    }

    private func tell(_ line: String) {
        state.withLock { state in
            let bytes = Array(line.utf8)
            // A pipe takes so few bytes at once or not at all.
            _ = unsafe bytes.withUnsafeBytes { bytes in
                unsafe write(state.pipe, bytes.baseAddress, bytes.count)
            }
        }
    }
}
