public import Model

/// Reads a ustar archive as PostgreSQL sends it, in pieces of any size, holding at most one header.
///
/// ```text
///   0 name 100    124 size 12      156 type 1            257 magic "ustar"      345 prefix 155
/// 100 mode 8      136 mtime 12     157 link target 100   263 version "00"
/// 108 uid 8, gid  148 checksum 8   '0' file '5' directory '2' symbolic link
/// ```
/// Blocks of 512 bytes, two of zeros at the end.
/// Numbers are octal, or base-256 when the first byte is 0x80 (files of 8 GiB and more). Feed it
/// with ``receive(_:)``, then call ``next()`` until it is nil; call ``finish()`` when no bytes are
/// left. After any fault the reader is of no further use. Source: `src/port/tar.c`, POSIX.1-1988
/// `ustar`.
public struct TarReader: Sendable {
    private enum State {
        case header
        case body(remaining: Int64, padding: Int)
        case padding(Int)
        case secondZeroBlock
        case ended
    }

    private var state = State.header
    private var input: ArraySlice<UInt8> = []
    private var header: [UInt8] = []

    /// A reader at the beginning of an archive.
    public init() {}

    /// Takes the next bytes; the ones before must be used up (``next()`` was nil).
    public mutating func receive(_ bytes: ArraySlice<UInt8>) {
        precondition(input.isEmpty, "the bytes before are not used up")
        input = bytes
    }

    /// What the bytes received say next; nil when more bytes are needed.
    ///
    /// - Throws: `E-PG-ARCHIVE` for a wrong checksum, an unknown type, a path that is absolute or
    ///   holds `..`, or anything but zeros after the end.
    public mutating func next() throws(Fault) -> TarEvent? {
        while true {
            switch state {
            case .body(let remaining, let padding):
                return nextOfBody(remaining: remaining, padding: padding)
            case .padding(let count):
                let skipped = min(count, input.count)
                input = input.dropFirst(skipped)
                guard skipped == count else {
                    state = .padding(count - skipped)
                    return nil
                }
                state = .header
            case .ended:
                guard input.allSatisfy({ $0 == 0 }) else {
                    throw Self.fault("bytes follow its end")
                }
                input = []
                return nil
            case .header, .secondZeroBlock:
                guard takeHeader() else { return nil }
                if let event = try nextOfHeader() { return event }
            }
        }
    }

    /// Says that no bytes are left.
    ///
    /// - Throws: `E-PG-ARCHIVE` when the archive is cut short.
    public func finish() throws(Fault) {
        guard case .ended = state else { throw Self.fault("it is cut short") }
    }

    private mutating func nextOfBody(remaining: Int64, padding: Int) -> TarEvent? {
        guard remaining > 0 else {
            state = .padding(padding)
            return .endEntry
        }
        guard !input.isEmpty else { return nil }
        let slice = input.prefix(Int(min(remaining, Int64(input.count))))
        input = input.dropFirst(slice.count)
        state = .body(remaining: remaining - Int64(slice.count), padding: padding)
        return .bytes(slice)
    }

    /// Gathers a whole block in `header`; false when bytes are missing.
    private mutating func takeHeader() -> Bool {
        let part = input.prefix(512 - header.count)
        header += part
        input = input.dropFirst(part.count)
        return header.count == 512
    }

    private mutating func nextOfHeader() throws(Fault) -> TarEvent? {
        let block = header
        header.removeAll(keepingCapacity: true)
        let isZero = block.allSatisfy { $0 == 0 }
        if case .secondZeroBlock = state {
            guard isZero else { throw Self.fault("a member follows its end") }
            state = .ended
            return .end
        }
        guard !isZero else {
            state = .secondZeroBlock
            return nil
        }
        let entry = try TarHeader.decode(block)
        state = .body(remaining: entry.size, padding: Int((512 - entry.size % 512) % 512))
        return .entry(entry)
    }

    static func fault(_ fact: String) -> Fault {
        Fault(.postgresArchive, "unable to read base backup archive 'tar': \(fact)")
    }
}
