public import Model
internal import Sealing

/// The files that lie in every vault so that it can be read without Lifeboat.
public enum WayOut {
    /// A file as an earlier release shipped it.
    struct Earlier {
        /// The release.
        let release: String
        let name: String
        /// The SHA-256 of its bytes, in hexadecimal.
        let sha256: String
    }

    /// Names and contents.
    public static var files: [(name: String, bytes: [UInt8])] {
        [
            ("README.txt", PackageResources.README_txt),
            ("recover.py", PackageResources.recover_py),
            ("format.proto", PackageResources.format_proto),
        ]
    }

    /// What earlier releases shipped and this one does not: a vault holds it until the first backup of this release.
    ///
    /// Each golden vault has its files here, or they are those of today.
    static let earlier = [
        Earlier(
            release: "0.1.0",
            name: "README.txt",
            sha256: "befe84778b8d4f087fd82ab8ab35c699548bfa94eccc640a9a618510ea3069e8"
        ),
        Earlier(
            release: "0.1.0",
            name: "recover.py",
            sha256: "fe391110393afffa2d7ab13c2db76b4de327b0ddf38d8cf2369f77c7d6ea0cf6"
        ),
    ]

    /// The hash of all files together, which tells releases apart.
    public static var digest: Digest256 {
        Hashing.sha256(files.flatMap { Array("\($0.name) \(Hashing.sha256($0.bytes))\n".utf8) })
    }

    /// Whether some bytes are a file as this release ships it.
    static func isOfToday(_ name: String, _ bytes: [UInt8]) -> Bool {
        files.contains { $0.name == name && $0.bytes == bytes }
    }

    /// Whether some bytes are a file as this release or an earlier one ships it.
    static func isKnown(_ name: String, _ bytes: [UInt8]) -> Bool {
        if isOfToday(name, bytes) { return true }
        let digest = Hashing.sha256(bytes).description
        return earlier.contains { $0.name == name && $0.sha256 == digest }
    }
}
