public import Model
internal import PostgresWire
public import Protection
internal import SystemIO
internal import Vault

/// Receives the log of a server and writes heartbeats until it is cancelled: the long-running half of a component.
public struct LogService: Sendable {
    /// Backs the component up as `lifeboat backup` does.
    public typealias BaseBackup = @Sendable () async throws(Fault) -> Void

    private let settings: PostgresSettings
    private let context: BackupContext
    private let takeBase: BaseBackup

    /// Prepares the service; the settings name a permanent slot.
    ///
    /// `takeBase` is called when there is a base backup, and the log that is received does not go on from it: the slot was lost, or
    /// nobody received while the server went another way.
    public init(
        settings: PostgresSettings,
        context: BackupContext,
        takeBase: @escaping BaseBackup
    ) {
        self.settings = settings
        self.context = context
        self.takeBase = takeBase
    }

    /// Runs until the task is cancelled; a lost server is tried again, ever more slowly, up to every 30 s.
    ///
    /// - Throws: `E-CANCELLED` at the end, and every fault that another attempt would not mend.
    public func run() async throws(Fault) {
        let board = HeartbeatBoard()
        let bases = LogBases()
        let service = self
        try await LogReceiving.run {
            () async throws(Fault) in
            try await service.receive(board, bases)
        } beside: {
            async let beats: Void = service.beat(board)
            await LogReceiving.takeBases(bases, service.context, service.takeBase)
            await beats
        }
    }

    private func receive(_ board: HeartbeatBoard, _ bases: LogBases) async throws(Fault) {
        try await LogReceiving.repeating(context, while: Self.mayPass) {
            () async throws(Fault) in
            let receiver = try await LogReceiver(
                settings: settings,
                context: context,
                board: board,
                bases: bases,
                slot: nil,
                beginning: nil
            )
            context.progress(.note("receiving the log from \(receiver.start)"))
            return receiver
        } run: { receiver async throws(Fault) in
            try await receiver.run()
        }
    }

    /// Whether another attempt may mend it.
    private static func mayPass(_ fault: Fault) -> Bool {
        fault.code.disposition == .retry && fault.code != .cancelled && fault.code != .streamBusy
            || fault.code == .postgresUnreachable
    }

    /// Writes heartbeats; what goes wrong is reported, once as long as it stays the same, and the log is received all the same.
    private func beat(_ board: HeartbeatBoard) async {
        var pulse: Pulse?
        var trouble: String?
        while !Task.isCancelled {
            do throws(Fault) {
                let present: Pulse
                if let pulse {
                    present = pulse
                } else {
                    present = try Pulse(PostgresLink.sql(settings))
                }
                pulse = present
                board.add(try present.beat())
                if trouble != nil { context.progress(.note("heartbeats are written again")) }
                trouble = nil
                if let slot = settings.slot { note(try present.isAwaited(slot), board, slot) }
            } catch {
                pulse = nil
                if error.code != .cancelled, error.message != trouble {
                    context.progress(.note("no heartbeat: \(error.message)"))
                    trouble = error.message
                }
            }
            do throws(Fault) { try await LogReceiving.rest(settings.heartbeat) } catch { return }
        }
    }

    private func note(_ isAwaited: Bool, _ board: HeartbeatBoard, _ slot: String) {
        guard board.note(isAwaited: isAwaited) else { return }
        let text =
            isAwaited
            ? "commits of the server wait for '\(slot)': each is acknowledged when the vault holds it"
            : "commits of the server do not wait for '\(slot)' any more"
        context.progress(.note(text))
    }
}
