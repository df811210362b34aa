public import Model
internal import ObjectStorage

/// Which snapshot object: its name in the vault.
public struct SnapshotID: Sendable, Hashable, Comparable {
    /// The stream.
    public let stream: StreamName
    /// Its number in the stream.
    public let seq: UInt64
    /// The first 16 hexadecimal digits of the object's SHA-256.
    public let short: String

    /// Names a snapshot.
    public init(stream: StreamName, seq: UInt64, short: String) {
        self.stream = stream
        self.seq = seq
        self.short = short
    }

    /// Reads the object's name; nil when it is not a snapshot's.
    public init?(_ text: String) {
        guard let name = ObjectName(text),
            case .snapshot(let stream, let seq, let short) = VaultName(name)
        else { return nil }
        self.init(stream: stream, seq: seq, short: short)
    }

    /// Orders by stream, then number.
    public static func < (left: SnapshotID, right: SnapshotID) -> Bool {
        (left.stream, left.seq, left.short) < (right.stream, right.seq, right.short)
    }
}

extension SnapshotID {
    /// The last part of the object's name.
    var label: String { "\(VaultName.padded(seq, 10, 10))-\(short)" }

    /// The object's name.
    var objectName: ObjectName { VaultName.snapshot(stream, seq: seq, short: short).objectName }
}

extension SnapshotID: TextCodable {
    /// Reads the object's name.
    public init?(codingText: String) { self.init(codingText) }

    /// The object's name.
    public var description: String { objectName.description }
}
