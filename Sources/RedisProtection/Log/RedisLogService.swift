public import Model
public import Protection
internal import RedisWire
internal import Vault

/// Receives the commands of a server until it is cancelled, and takes the snapshots that they are replayed on.
public struct RedisLogService: Sendable {
    /// Backs the component up as `lifeboat backup` does.
    public typealias BaseBackup = @Sendable () async throws(Fault) -> Void

    private let component: RedisComponent
    private let context: BackupContext
    private let takeBase: BaseBackup

    /// Prepares the service; `takeBase` is called whenever no snapshot leads into the log that is received.
    public init(
        _ component: RedisComponent,
        context: BackupContext,
        takeBase: @escaping BaseBackup
    ) {
        self.component = component
        self.context = context
        self.takeBase = takeBase
    }

    /// Runs until the task is cancelled; a lost server is tried again, ever more slowly, up to every 30 s.
    ///
    /// - Throws: `E-CANCELLED` at the end, and every fault that another attempt would not mend and that is not the server's.
    public func run() async throws(Fault) {
        let board = RedisBaseBoard()
        let service = self
        try await LogReceiving.run {
            () async throws(Fault) in
            try await service.receive(board)
        } beside: {
            await service.takeBases(board)
        }
    }

    private func receive(_ board: RedisBaseBoard) async throws(Fault) {
        try await LogReceiving.repeating(context, while: Self.mayPass) {
            () async throws(Fault) in
            try await RedisLogReceiver(
                address: component.address,
                patience: component.patience,
                context: context,
                board: board
            )
        } run: { receiver async throws(Fault) in
            try await receiver.run()
        }
    }

    /// Whether another attempt may mend it: what a server refuses today must not end the log of the others.
    private static func mayPass(_ fault: Fault) -> Bool {
        guard fault.code != .cancelled, fault.code != .streamBusy else { return false }
        return fault.code.disposition == .retry || fault.code.exit == .sourceUnreachable
    }

    /// Takes the snapshots that are asked for; what goes wrong is reported, and the log is received all the same.
    private func takeBases(_ board: RedisBaseBoard) async {
        var pause = Duration.seconds(1)
        while !Task.isCancelled {
            var wait = Duration.milliseconds(200)
            if let wish = board.open {
                do throws(Fault) {
                    context.progress(.note("taking a snapshot that the log can be replayed on"))
                    try await takeBase()
                    board.fulfill(wish)
                    pause = .seconds(1)
                } catch {
                    if error.code == .cancelled { return }
                    context.progress(
                        .note("no snapshot leads into the log yet: \(error.message); trying again")
                    )
                    wait = pause
                    pause = min(pause * 2, .seconds(300))
                }
            }
            do throws(Fault) { try await LogReceiving.rest(wait) } catch { return }
        }
    }
}
