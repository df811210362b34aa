public import Model
public import Protection
internal import SystemIO
internal import Vault

/// Takes what a server's `archive_command` hands over to the vault, until it is cancelled.
public struct SpoolService: Sendable {
    /// How long a file may wait for the receiver to bring the same log: storing it twice would only cost.
    static let grace = Duration.seconds(30)

    private let spool: WALSpool
    private let context: BackupContext
    private let receives: Bool

    /// Prepares the service; `receives`: whether the log is also received from the server itself.
    public init(_ spool: WALSpool, _ context: BackupContext, receives: Bool) {
        self.spool = spool
        self.context = context
        self.receives = receives
    }

    /// Runs until the task is cancelled; what goes wrong is told once, and tried again.
    ///
    /// A spool that nobody uses is not made.
    ///
    /// - Throws: `E-CANCELLED`.
    public func run() async throws(Fault) {
        var last: String?
        var pause = Duration.seconds(1)
        while true {
            do throws(Fault) {
                guard try FileSystem.status(spool.folder) != nil else {
                    try await rest(.seconds(5))
                    continue
                }
                if let lock = try spool.lock() {
                    try await serve(&last, &pause)
                    lock.release()
                }
            } catch {
                if error.code == .cancelled { throw error }
                tell(error.message, &last)
            }
            try await rest(.seconds(5))
        }
    }

    /// Drains while this process has the spool's lock.
    private func serve(_ last: inout String?, _ pause: inout Duration) async throws(Fault) {
        try await learnSource()
        while true {
            let report = await SpoolDrain(spool, context).run(receives ? Self.grace : .zero)
            for refusal in report.refused {
                context.progress(.note("\(refusal.fault.message); it was put aside"))
            }
            if report.stored > 0 {
                context.progress(.note("stored \(report.stored) log files of the spool"))
            }
            if let fault = report.obstacle {
                if fault.code == .cancelled { throw fault }
                tell("\(fault.message); the spool keeps its log files", &last)
            } else {
                last = nil
            }
            let isStuck = report.obstacle != nil || report.waiting > 0
            pause = isStuck ? min(pause * 2, .seconds(30)) : .seconds(1)
            try await rest(pause)
        }
    }

    /// Tells the spool whose log the vault holds, so that it can refuse another cluster's when the vault is away.
    private func learnSource() async throws(Fault) {
        guard try spool.source() == nil else { return }
        let reader = try await LogReader(
            try await LogPlaces.open(context).union,
            stream: context.stream
        )
        if let source = try await reader.source() { try spool.setSource(source) }
    }

    private func tell(_ text: String, _ last: inout String?) {
        guard text != last else { return }
        last = text
        context.progress(.note(text))
    }

    private func rest(_ time: Duration) async throws(Fault) {
        try await Cancellation.pause(time, "go on taking log files")
    }
}
