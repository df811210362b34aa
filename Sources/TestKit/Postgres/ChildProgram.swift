public import Glibc
import Model

/// A program started by a test, without Foundation's `Process`: that takes a program for running as
/// long as anybody holds a certain descriptor of its, which a server left behind by `pg_ctl` does.
@safe public final class ChildProgram {
    /// Its process id.
    public let pid: pid_t
    private var exitStatus: Int32?

    /// Goes to the directory and closes what a test must not hand down, then becomes the program.
    private static let prepare = """
        cd "$1" && shift
        for fd in /proc/$$/fd/*; do n=${fd##*/}; [ "$n" -gt 2 ] && eval "exec $n>&-"; done
        exec "$@"
        """

    /// Starts a program with its output, and its errors, in a file, and no other descriptor of
    /// ours.
    ///
    /// - Throws: `E-TEST-POSTGRES` when it cannot be started.
    init(
        _ command: [String],
        environment: [String: String],
        directory: String,
        output: String
    ) throws(Fault) {
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        unsafe posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        let flags = O_WRONLY | O_CREAT | O_TRUNC
        unsafe posix_spawn_file_actions_addopen(&actions, 1, output, flags, 0o600)
        unsafe posix_spawn_file_actions_adddup2(&actions, 1, 2)
        // A thread of a pool blocks signals, and a child would inherit that: SIGTERM and its own
        // timers.
        var attributes = posix_spawnattr_t()
        unsafe posix_spawnattr_init(&attributes)
        defer { unsafe posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        unsafe sigemptyset(&none)
        unsafe posix_spawnattr_setsigmask(&attributes, &none)
        unsafe posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        let shell = ["/bin/bash", "-c", Self.prepare, "bash", directory] + command
        var arguments: [UnsafeMutablePointer<CChar>?] = unsafe []
        for text in shell { unsafe arguments.append(strdup(text)) }
        unsafe arguments.append(nil)
        var variables: [UnsafeMutablePointer<CChar>?] = unsafe []
        for (name, value) in environment { unsafe variables.append(strdup("\(name)=\(value)")) }
        unsafe variables.append(nil)
        defer {
            unsafe arguments.forEach { unsafe free($0) }
            unsafe variables.forEach { unsafe free($0) }
        }
        var child: pid_t = 0
        let failure = unsafe posix_spawn(
            &child,
            shell[0],
            &actions,
            &attributes,
            &arguments,
            &variables
        )
        guard failure == 0 else {
            throw Fault(.testServer, "unable to start '\(command[0])': error \(failure)")
        }
        pid = child
    }

    deinit { if exitStatus == nil { terminate() } }

    /// Waits for the end and gives the exit status; 128 and the signal when one ended it.
    @discardableResult
    public func wait() -> Int32 {
        if let exitStatus { return exitStatus }
        var status: Int32 = 0
        while unsafe waitpid(pid, &status, 0) < 0, errno == EINTR {}
        let signal = status & 0x7F
        let code = signal == 0 ? status >> 8 & 0xFF : 128 + signal
        exitStatus = code
        return code
    }

    /// Asks it to end with SIGTERM and waits until it has.
    public func terminate() {
        guard exitStatus == nil else { return }
        kill(pid, SIGTERM)
        wait()
    }
}
