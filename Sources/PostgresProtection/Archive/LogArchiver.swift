internal import Model
internal import PostgresWire
internal import Protection
internal import Vault

/// Stores files of a server's archive in the copies of a vault.
///
/// A receiver may store the same log at the same time: what is there already is compared and not stored again, and where both are
/// at it, their pieces overlap and hold the same bytes.
final class LogArchiver {
    /// What became of a file.
    enum Outcome: Sendable, Hashable {
        /// It is stored, as durably as is configured.
        case stored
        /// The vault held it.
        case present
        /// It is stored, and not yet in every copy that must hold it; the copies that lack it are away.
        case waits
        /// There is no log in it.
        case empty
    }

    /// The most that is sealed as one piece.
    static let pieceLimit = 64 << 20

    private struct Copy {
        let vault: Vault
        let log: LogIndex
    }

    private let context: BackupContext
    private let writer: LogWriter
    private let copies: [Copy]
    /// Everything that is there, as one.
    let union: LogReader
    private let needed: Int

    /// Opens the copies, lists the log that they hold, and takes the lock of a role.
    ///
    /// - Throws: `E-STREAM-BUSY` when another process of this host has that role; why, when no copy can be opened.
    init(_ context: BackupContext, role: LogWriter.Role) async throws(Fault) {
        let places = try await LogPlaces.open(context)
        writer = try LogWriter(
            places.union,
            keys: context.keys,
            stream: context.stream,
            kind: .postgresql,
            role: role,
            state: context.state
        )
        var copies: [Copy] = []
        for vault in places.vaults.compactMap(\.self) {
            let reader = try await LogReader(vault, stream: context.stream)
            copies.append(Copy(vault: vault, log: LogIndex(reader)))
        }
        union =
            copies.count == 1
            ? copies[0].log.reader : try await LogReader(places.union, stream: context.stream)
        self.copies = copies
        self.context = context
        needed = context.log.durability == .everyCopy ? context.log.copies.count : 1
    }

    /// Stores a file in each copy that lacks it; `source`: the cluster that it is of.
    ///
    /// - Throws: `E-WAL-DIFFERS`, `E-LOG-SOURCE`; what the stores throw, when no copy takes it.
    func take(_ file: ArchivedFile, source: String) async throws(Fault) -> Outcome {
        guard !file.bytes.isEmpty else { return .empty }
        switch file.content {
        case .history(let timeline):
            return try await take(
                LogInput(
                    source: source,
                    epoch: timeline,
                    from: 0,
                    bytes: file.bytes,
                    time: file.time,
                    heartbeat: nil,
                    facts: segmentFacts(nil)
                ),
                of: file,
                isHistory: true
            )
        case .segment(let segment, let header):
            var outcomes: Set<Outcome> = []
            for start in stride(from: 0, to: file.bytes.count, by: Self.pieceLimit) {
                let end = min(start + Self.pieceLimit, file.bytes.count)
                let to = segment.start + UInt64(end)
                let commit = file.commit.flatMap { $0.lsn <= to ? $0 : nil }
                let input = LogInput(
                    source: source,
                    epoch: segment.timeline,
                    from: (segment.start + UInt64(start)).value,
                    bytes: Array(file.bytes[start..<end]),
                    time: file.time,
                    heartbeat: commit,
                    facts: segmentFacts(header.segmentSize)
                )
                outcomes.insert(try await take(input, of: file, isHistory: false))
            }
            return outcomes.contains(.waits)
                ? .waits : outcomes.contains(.stored) ? .stored : .present
        }
    }

    private func segmentFacts(_ size: SegmentSize?) -> [String: String] {
        size.map { ["segment_bytes": String($0.bytes)] } ?? [:]
    }

    private func take(
        _ input: LogInput,
        of file: ArchivedFile,
        isHistory: Bool
    ) async throws(Fault) -> Outcome {
        var lacking: [Vault] = []
        for copy in copies {
            let holding =
                isHistory
                ? try await writer.holding(ofHistory: input, in: copy.log.reader)
                : try await writer.holding(of: input, in: copy.log)
            switch holding {
            case .whole: break
            case .lacking: lacking.append(copy.vault)
            case .other(let object):
                throw WALSpool.differs(file.name, from: "'\(object)' of the vault")
            }
        }
        var durable = copies.count - lacking.count
        guard !lacking.isEmpty else { return durable >= needed ? .present : .waits }
        let log = isHistory ? try await writer.sealHistory(input) : try await writer.seal(input)
        // One copy has the history, and hands it to the others.
        guard let log else { return durable >= needed ? .present : .waits }
        var first: Fault?
        for vault in lacking {
            do throws(Fault) {
                try await vault.store(log)
                durable += 1
            } catch {
                if error.code == .cancelled { throw error }
                first = first ?? error
            }
        }
        if durable == 0, let first { throw first }
        return durable >= needed ? .stored : .waits
    }
}
