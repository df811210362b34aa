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
        let bases = LogBases()
        let service = self
        try await LogReceiving.run {
            () async throws(Fault) in
            try await service.receive(bases)
        } beside: {
            await LogReceiving.takeBases(bases, service.context, service.takeBase)
        }
    }

    private func receive(_ bases: LogBases) async throws(Fault) {
        try await LogReceiving.repeating(context, while: Self.mayPass) {
            () async throws(Fault) in
            try await RedisLogReceiver(
                address: component.address,
                patience: component.patience,
                context: context,
                bases: bases
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
}
