public import Model

/// Takes chosen keys, and function libraries, out of an RDB while it is checked; holds one of them and those of one piece at most.
public struct RDBKeyReader: Sendable {
    /// The longest key with its value: what a server accepts in one command by default
    /// (`proto-max-bulk-len`).
    public static let longest = ByteCount(512 << 20)
    /// How much is cut into sections at once.
    private static let step = 64 << 10

    private var editor: RDBEditor
    private let isWanted: @Sendable (_ database: Int, _ name: [UInt8]) -> Bool
    private let wantsLibraries: Bool
    private var libraries: [RDBLibrary] = []
    private var section = RDBSection.magic
    /// What of the present section is needed whole: a key, or a record that tells of the next key.
    private var head: [UInt8] = []
    private var type: UInt8 = 0
    private var database = 0
    private var expiry: Int64?
    private var name: [UInt8] = []
    /// The type byte and the value so far; nil while the present key is not wanted.
    private var value: [UInt8]?

    /// Makes a reader.
    ///
    /// - Parameters:
    ///   - change: what becomes of the moments at which things expire.
    ///   - libraries: whether function libraries are taken out too.
    ///   - isWanted: chooses keys by database and name.
    public init(
        _ change: RDBExpiryChange,
        libraries: Bool = false,
        _ isWanted: @escaping @Sendable (_ database: Int, _ name: [UInt8]) -> Bool
    ) {
        editor = RDBEditor(change, countingExpiredBy: nil)
        self.isWanted = isWanted
        wantsLibraries = libraries
    }

    /// The format's version; known once a key or a library was returned.
    public var version: Int { editor.version }

    /// Takes the next bytes and returns the wanted keys that are complete by now, in order.
    ///
    /// - Throws: `rdbDamaged`, `rdbUnsupported`, `redisTooLarge`.
    public mutating func feed(_ bytes: ArraySlice<UInt8>) throws(Fault) -> [RDBKey] {
        var keys: [RDBKey] = []
        var rest = bytes
        while !rest.isEmpty {
            try take(try editor.feed(rest.prefix(Self.step)), &keys)
            rest = rest.dropFirst(Self.step)
        }
        return keys
    }

    /// The function libraries that are complete since the last call; an RDB has them before its keys.
    public mutating func takeLibraries() -> [RDBLibrary] {
        defer { libraries = [] }
        return libraries
    }

    /// Says what was read, once all bytes were fed; no key follows.
    ///
    /// - Throws: `rdbDamaged` when the RDB ends too early.
    public mutating func finish() throws(Fault) -> RDBFacts { try editor.finish().facts }

    private mutating func take(_ pieces: [RDBPiece], _ keys: inout [RDBKey]) throws(Fault) {
        for piece in pieces {
            if piece.isFirst { try begin(piece.section, &keys) }
            switch piece.section {
            case .record(252), .record(253), .record(254), .key: head += piece.bytes
            case .record(245) where wantsLibraries:
                head += piece.bytes
                guard head.count <= Self.longest.bytes else {
                    throw tooLarge("a function library", "its code")
                }
            case .value, .fieldExpiry, .fieldDelay, .fieldPack:
                guard value != nil else { continue }
                value?.append(contentsOf: piece.bytes)
                guard Int64(value?.count ?? 0) <= Self.longest.bytes else {
                    let shown = String(decoding: name.prefix(200), as: UTF8.self)
                    throw tooLarge("key '\(shown)'", "its value")
                }
            case .magic, .record: break
            }
        }
    }

    /// Ends what came before a section, and begins it.
    private mutating func begin(_ next: RDBSection, _ keys: inout [RDBKey]) throws(Fault) {
        switch section {
        case .record(252), .record(253):
            let number = RDBExpiryEdit.number(Array(head.dropFirst()))
            expiry = section == .record(253) ? number * 1_000 : number
        case .record(254): database = Int(clamping: RDBLength(head.span, at: 1).value)
        case .record(245) where wantsLibraries: libraries.append(RDBLibrary(record: head))
        case .key: try beginValue()
        case .magic, .record, .value, .fieldExpiry, .fieldDelay, .fieldPack: break
        }
        head = []
        section = next
        switch next {
        case .key(let type):
            endKey(&keys)
            self.type = type
        // What tells of a key comes before it, so the key before has ended.
        case .record, .magic: endKey(&keys)
        case .value, .fieldExpiry, .fieldDelay, .fieldPack: break
        }
    }

    private mutating func beginValue() throws(Fault) {
        name = try RDBString.decoded(
            Array(head.dropFirst()),
            limit: Int(Self.longest.bytes)
        )
        value = isWanted(database, name) ? [type] : nil
        if value == nil { expiry = nil }
    }

    private mutating func endKey(_ keys: inout [RDBKey]) {
        guard let value else { return }
        keys.append(RDBKey(database: database, name: name, expiry: expiry, value: value))
        self.value = nil
        expiry = nil
    }

    private func tooLarge(_ thing: String, _ part: String) -> Fault {
        Fault(
            .redisTooLarge,
            "unable to bring back \(thing): \(part) is longer than \(Self.longest)",
            hints: ["Bring the whole server back instead, without choosing keys."]
        )
    }
}
