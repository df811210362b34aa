public import Model
internal import PostgresWire
public import Protection
internal import SystemIO
internal import Vault

/// Receives the log of a server and writes heartbeats until it is cancelled: the long-running half of a component.
public struct LogService: Sendable {
    private let settings: PostgresSettings
    private let context: BackupContext

    /// Prepares the service; the settings name a permanent slot.
    public init(settings: PostgresSettings, context: BackupContext) {
        self.settings = settings
        self.context = context
    }

    /// Runs until the task is cancelled; a lost server is tried again, ever more slowly, up to every 30 s.
    ///
    /// - Throws: `E-CANCELLED` at the end, and every fault that another attempt would not mend.
    public func run() async throws(Fault) {
        let board = HeartbeatBoard()
        let service = self
        try await LogReceiving.run {
            () async throws(Fault) in
            try await service.receive(board)
        } beside: {
            await service.beat(board)
        }
    }

    private func receive(_ board: HeartbeatBoard) async throws(Fault) {
        try await LogReceiving.repeating(context, while: Self.mayPass) {
            () async throws(Fault) in
            let receiver = try await LogReceiver(
                settings: settings,
                context: context,
                board: board,
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
