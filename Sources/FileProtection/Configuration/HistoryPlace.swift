internal import FileTrees

/// Where the history is in a snapshot of a configuration: a bare repository beside the files.
enum HistoryPlace {
    /// Its folder; it comes after every path of ASCII letters, so that snapshots can be compared in one pass.
    static let folder = "~history.git"
    /// The ending of references to commits at which an earlier history ends that this host has lost.
    static let lostPrefix = "until-"

    private static let bytes = Array(folder.utf8)

    /// A path in it.
    static func path(_ rest: String) -> [UInt8] { bytes + Array("/\(rest)".utf8) }

    /// Where a path is in the repository, empty for the repository itself; nil for anything else.
    static func inside(_ path: [UInt8]) -> [UInt8]? {
        if path == bytes { return [] }
        guard path.starts(with: bytes), path.count > bytes.count + 1,
            path[bytes.count] == UInt8(ascii: "/")
        else { return nil }
        return Array(path[(bytes.count + 1)...])
    }

    /// Whether a name below `objects/` is that of an object or of a pack, which never change.
    static func isObject(_ inside: [UInt8]) -> Bool {
        let parts = String(decoding: inside, as: UTF8.self).split(separator: "/")
        guard parts.count == 3, parts[0] == "objects" else { return false }
        let isHex = { (text: Substring) in
            text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
        }
        if parts[1] == "pack" {
            return parts[2].hasPrefix("pack-")
                && (parts[2].hasSuffix(".pack") || parts[2].hasSuffix(".idx"))
        }
        return parts[1].utf8.count == 2 && isHex(parts[1]) && parts[2].utf8.count == 38
            && isHex(parts[2])
    }
}
