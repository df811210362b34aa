internal import Model
internal import PostgresWire
internal import Protection
internal import Vault

/// Sees to it that the log up to a position was received and mapped, before files are read.
///
/// If another process of this host receives the log (`lifeboat run`), this waits for it; otherwise it receives the log
/// itself. That no map comes of it is no fault: everything is read then.
struct LogAdvance {
    let settings: PostgresSettings
    let context: BackupContext
    let slot: LogSlot
    let folder: MapFolder
    /// How long another process may make no headway.
    static let patience = Duration.seconds(15)

    /// Returns when every record that begins before `target` is in a map, as far as it is whole, or no such map is to be had.
    ///
    /// - Throws: what receiving throws.
    func reach(_ target: LSN, timeline: UInt32) async throws(Fault) {
        do throws(Fault) {
            let receiver = try await LogReceiver(
                settings: settings,
                context: context,
                board: HeartbeatBoard(),
                slot: slot,
                beginning: target
            )
            defer { receiver.close() }
            try await receiver.run(upTo: target, isMapped: true)
        } catch  where error.code == .streamBusy {
            try await waitForOther(target, timeline)
        }
    }

    private func waitForOther(_ target: LSN, _ timeline: UInt32) async throws(Fault) {
        var reached: LSN?
        var since = ContinuousClock.now
        while since.duration(to: .now) < Self.patience {
            let end = folder.newest(timeline: timeline)?.sheet.map.end
            if let end, end >= target { return }
            if end != reached {
                reached = end
                since = .now
            }
            try await Cancellation.pause(.milliseconds(100), "go on with the backup")
        }
    }
}
