internal import PostgresWire
internal import Vault

/// Where the tablespaces of a base backup were, as far as it tells.
struct TablespaceMap {
    /// Their paths, by number; empty for one that is known by its number alone.
    private(set) var locations: [UInt32: String] = [:]

    /// Reads `tablespace_map`, and what the head of the snapshot says.
    ///
    /// ```text
    ///   <number><space><path><line feed>      a backslash stands before a line feed, a carriage return or a backslash of the path
    /// ```
    /// Source: `read_tablespace_map` in `src/backend/access/transam/xlogrecovery.c`.
    init(_ map: [UInt8], facts: [String: String]) {
        for (name, location) in facts where name.hasPrefix("tablespace.") {
            guard let oid = UInt32(name.dropFirst("tablespace.".count)) else { continue }
            locations[oid] = location
        }
        var line: [UInt8] = []
        var isEscaped = false
        for byte in map {
            if isEscaped {
                line.append(byte)
                isEscaped = false
            } else if byte == UInt8(ascii: "\\") {
                isEscaped = true
            } else if byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") {
                take(line)
                line = []
            } else {
                line.append(byte)
            }
        }
        take(line)
    }

    /// `tablespace_map` as the server writes it.
    static func text(of tablespaces: [Tablespace]) -> [UInt8] {
        tablespaces.filter { !$0.isInPlace }.flatMap { tablespace in
            Array("\(tablespace.oid) ".utf8)
                + tablespace.location.utf8.flatMap { byte -> [UInt8] in
                    [UInt8(ascii: "\\"), UInt8(ascii: "\n"), UInt8(ascii: "\r")].contains(byte)
                        ? [UInt8(ascii: "\\"), byte] : [byte]
                } + [UInt8(ascii: "\n")]
        }
    }

    private mutating func take(_ line: [UInt8]) {
        let parts = line.split(separator: UInt8(ascii: " "), maxSplits: 1)
        guard parts.count == 2, let oid = UInt32(String(decoding: parts[0], as: UTF8.self)) else {
            return
        }
        locations[oid] = String(decoding: parts[1], as: UTF8.self)
    }
}
