public import Glibc
public import Model

/// A program started by a test, without Foundation's `Process`: that takes a program for running as
/// long as anybody holds a certain descriptor of its, which a server left behind by `pg_ctl` does.
///
/// It gets no signal blocked and no descriptor of ours but the standard three. It is ended with the object, and, when it
/// works in a folder that a ``FolderGuard`` watches, with the test process.
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

    /// Starts a program.
    ///
    /// - Parameters:
    ///   - command: Its path and its arguments.
    ///   - environment: All of its environment.
    ///   - directory: Where it works.
    ///   - input: A descriptor that it reads from; nil for an empty input.
    ///   - output: A file that takes its output; nil to throw that away.
    ///   - errors: A file that takes its errors; nil for where the output goes.
    /// - Throws: `E-TEST-PROGRAM` when it cannot be started.
    public init(
        _ command: [String],
        environment: [String: String],
        directory: String,
        input: Int32? = nil,
        output: String? = nil,
        errors: String? = nil
    ) throws(Fault) {
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        if let input {
            unsafe posix_spawn_file_actions_adddup2(&actions, input, 0)
        } else {
            unsafe posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        }
        let flags = O_WRONLY | O_CREAT | O_TRUNC
        let place = output ?? "/dev/null"
        unsafe posix_spawn_file_actions_addopen(&actions, 1, place, flags, 0o600)
        if let errors {
            unsafe posix_spawn_file_actions_addopen(&actions, 2, errors, flags, 0o600)
        } else {
            unsafe posix_spawn_file_actions_adddup2(&actions, 1, 2)
        }
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
            throw Fault(.testProgram, "unable to start '\(command[0])': error \(failure)")
        }
        pid = child
    }

    deinit { if exitStatus == nil { terminate() } }

    /// Whether it has not ended.
    public var isRunning: Bool {
        guard exitStatus == nil else { return false }
        var status: Int32 = 0
        guard unsafe waitpid(pid, &status, WNOHANG) == pid else { return true }
        exitStatus = Self.code(status)
        return false
    }

    /// Waits for the end and gives the exit status; 128 and the signal when one ended it.
    @discardableResult
    public func wait() -> Int32 {
        if let exitStatus { return exitStatus }
        var status: Int32 = 0
        while unsafe waitpid(pid, &status, 0) < 0, errno == EINTR {}
        let code = Self.code(status)
        exitStatus = code
        return code
    }

    /// Sends a signal, unless it has ended.
    public func signal(_ number: Int32) {
        if isRunning { kill(pid, number) }
    }

    /// Asks it to end with SIGTERM and waits until it has, after `patience` with SIGKILL.
    public func terminate(patience: Duration = .seconds(60)) {
        signal(SIGTERM)
        let limit = ContinuousClock.now + patience
        while isRunning {
            if ContinuousClock.now > limit { signal(SIGKILL) }
            usleep(2_000)
        }
    }

    private static func code(_ status: Int32) -> Int32 {
        let signal = status & 0x7F
        return signal == 0 ? status >> 8 & 0xFF : 128 + signal
    }
}
