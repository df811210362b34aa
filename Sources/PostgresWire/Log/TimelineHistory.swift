public import Model

/// The content of a timeline's history file: which timelines it came from and where each ended.
///
/// ```text
///   1<tab>0/3000158<tab>no recovery target specified<newline>     (oldest ancestor first)
/// ```
/// Blank lines and lines that begin with `#` mean nothing. Source: `readTimeLineHistory` in
/// `src/backend/access/transam/timeline.c`.
public struct TimelineHistory: Sendable, Hashable {
    /// An ancestor and where it was left.
    public struct Ancestor: Sendable, Hashable {
        /// The ancestor.
        public let timeline: UInt32
        /// The first position that is no longer its own.
        public let switchPoint: LSN
    }

    /// The timeline that the file belongs to.
    public let timeline: UInt32
    /// The ancestors, oldest first; empty for timeline 1.
    public let ancestors: [Ancestor]

    /// The history of a timeline that was never branched off another: no ancestors.
    public init(root timeline: UInt32) {
        self.timeline = timeline
        ancestors = []
    }

    /// Reads the content of a history file.
    ///
    /// - Throws: `E-PG-FORMAT` when a line is not of the form above, or ancestors are not in order.
    public init(timeline: UInt32, parsing bytes: some Collection<UInt8>) throws(Fault) {
        guard bytes.count <= 1 << 20 else {
            throw Self.fault(timeline, "it is larger than 1 MiB")
        }
        var ancestors: [Ancestor] = []
        for line in bytes.split(separator: UInt8(ascii: "\n")) {
            let text = String(decoding: line, as: UTF8.self)
            let fields = text.split(maxSplits: 2, whereSeparator: \.isWhitespace)
            guard let first = fields.first, !first.hasPrefix("#") else { continue }
            guard fields.count >= 2, let id = RelationFile.oid(first),
                let position = LSN(fields[1])
            else { throw Self.fault(timeline, "a line is not a timeline and a position") }
            let last = ancestors.last
            guard id < timeline, id > last?.timeline ?? 0,
                position >= last?.switchPoint ?? LSN(0)
            else { throw Self.fault(timeline, "its timelines are not in order") }
            ancestors.append(Ancestor(timeline: id, switchPoint: position))
        }
        self.timeline = timeline
        self.ancestors = ancestors
    }

    /// The file name of a timeline's history: eight digits and `.history`.
    public static func fileName(_ timeline: UInt32) -> String {
        SegmentName.hexadecimal(UInt64(timeline)) + ".history"
    }

    /// The timeline that a file name belongs to; nil when it is no history file's.
    public static func timeline(fileName: some StringProtocol) -> UInt32? {
        let digits = Array(fileName.utf8.prefix(8))
        guard fileName.utf8.count == 16, fileName.hasSuffix(".history"),
            let value = SegmentName.hexadecimal(digits[...]), value > 0
        else { return nil }
        return UInt32(truncatingIfNeeded: value)
    }

    /// Where an ancestor was left; nil for this timeline itself and for strangers.
    public func switchPoint(of ancestor: UInt32) -> LSN? {
        ancestors.first { $0.timeline == ancestor }?.switchPoint
    }

    /// The timeline whose log holds the byte at a position, on the way to this timeline.
    public func timeline(at position: LSN) -> UInt32 {
        ancestors.first { position < $0.switchPoint }?.timeline ?? timeline
    }

    /// Whether this timeline came through a position of another: it is the other itself, or the
    /// other is an ancestor that was not left before the position.
    public func descends(from other: UInt32, at position: LSN) -> Bool {
        if other == timeline { return true }
        guard let end = switchPoint(of: other) else { return false }
        return position <= end
    }

    private static func fault(_ timeline: UInt32, _ fact: String) -> Fault {
        Fault(.postgresFormat, "unable to read timeline history '\(fileName(timeline))': \(fact)")
    }
}
