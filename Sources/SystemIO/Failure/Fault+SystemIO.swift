public import Model
public import SystemPackage

extension Fault.Code {
    /// A file, a folder or a part of its path is not there.
    public static let fileMissing = Fault.Code("E-IO-MISSING", .permanent, exit: .failed)
    /// The system refuses access: permissions, a read-only mount, an immutable file.
    public static let fileDenied = Fault.Code("E-IO-DENIED", .permanent, exit: .failed)
    /// Something is already there, and it must not be replaced.
    public static let fileExists = Fault.Code("E-IO-EXISTS", .permanent, exit: .refused)
    /// The disk or the quota is full.
    public static let diskFull = Fault.Code("E-IO-FULL", .retry, exit: .failed)
    /// A file ends before the bytes that were asked for.
    public static let fileShort = Fault.Code("E-IO-SHORT", .corrupt, exit: .damaged)
    /// A file is larger than its reader allows.
    public static let fileTooLarge = Fault.Code("E-IO-TOO-LARGE", .permanent, exit: .failed)
    /// A path names something of another kind, such as a pipe where a file belongs, or a symbolic link where none is followed.
    public static let fileKind = Fault.Code("E-IO-KIND", .permanent, exit: .refused)
    /// Nobody writes to a pipe that is to be read.
    public static let pipeSilent = Fault.Code("E-IO-PIPE", .retry, exit: .failed)
    /// A limit of the system or of the process is reached, such as the number of open files.
    public static let systemLimit = Fault.Code("E-IO-LIMIT", .retry, exit: .failed)
    /// The system failed in any other way, such as an input/output error.
    public static let systemFailed = Fault.Code("E-IO-FAILED", .retry, exit: .failed)
    /// A secret can be read by others.
    public static let secretExposed = Fault.Code("E-SECRET-EXPOSED", .permanent, exit: .refused)
    /// There is no user account of a name.
    public static let accountMissing = Fault.Code("E-ACCOUNT-MISSING", .permanent, exit: .usage)
    /// A program is not installed, or not where it was said to be.
    public static let commandMissing = Fault.Code("E-COMMAND-MISSING", .permanent, exit: .failed)
    /// A program could not be started, fed or listened to, or it ended in failure.
    public static let commandFailed = Fault.Code("E-COMMAND-FAILED", .retry, exit: .failed)
    /// A program wrote more than its caller allows.
    public static let commandOutput = Fault.Code("E-COMMAND-OUTPUT", .permanent, exit: .failed)
}

extension Fault {
    /// The fault of a system call: `unable to <what> '<path>': <the error in words>`.
    ///
    /// - Parameters:
    ///   - what: A verb and a thing, such as `open file`.
    ///   - path: What the call was about.
    ///   - error: What the call said; kept as the fault's ``cause``, see ``systemError``.
    /// - Returns: The fault, with a hint where one helps.
    public static func unable(_ what: String, _ path: FilePath, _ error: Errno) -> Fault {
        unable(what, path.displayed, error)
    }

    /// The fault of a system call about something that has a name instead of a path.
    public static func unable(_ what: String, _ name: String, _ error: Errno) -> Fault {
        let (code, hints) = classification(of: error)
        return Fault(
            code,
            "unable to \(what) '\(name)': \(error.words)",
            hints: hints,
            cause: error
        )
    }

    /// The system's error underneath; nil when the fault comes from elsewhere.
    public var systemError: Errno? { cause as? Errno }

    private static func classification(of error: Errno) -> (Code, [String]) {
        switch error {
        case .noSuchFileOrDirectory: (.fileMissing, [])
        case .permissionDenied, .notPermitted, .readOnlyFileSystem: (.fileDenied, [])
        case .fileExists, .directoryNotEmpty: (.fileExists, [])
        case .noSpace, .diskQuotaExceeded:
            (.diskFull, ["Free some space there (see df -h and df -i), then try again."])
        case .tooManySymbolicLinkLevels, .notDirectory, .isDirectory: (.fileKind, [])
        case .tooManyOpenFiles, .tooManyOpenFilesInSystem:
            (.systemLimit, ["Raise the limit on open files (ulimit -n, or LimitNOFILE=)."])
        default: (.systemFailed, [])
        }
    }
}

extension Errno {
    /// The error as the middle of a sentence, such as `permission denied`.
    public var words: String {
        let text = description
        let first = text.prefix(2)
        guard first.count == 2, let second = first.last, !second.isUppercase else { return text }
        return text.prefix(1).lowercased() + text.dropFirst()
    }

    /// What the last system call on this thread said.
    static var last: Errno { Errno(rawValue: lastErrorNumber()) }
}
