import Model
import Sealing
import SystemIO
import SystemPackage

/// The files of the call center: a knowledge base in three languages, logs, and a file with secrets.
struct DemoFiles: Sendable {
    let place: DemoPlace

    /// What is at a path.
    struct Evidence: Sendable, Hashable {
        /// The kind, the permission bits and the last change.
        let attributes: String
        /// SHA-256 of the bytes, or the target of a symbolic link; nil for a folder.
        let content: String?
    }

    private static let articles = 80
    private static let logs = 60

    /// Writes everything.
    func fill() throws(Fault) {
        var generator = SystemRandomNumberGenerator()
        for phrases in DemoPhrases.all {
            let folder = place.files.appending("knowledge").appending(phrases.language)
            try FileSystem.makeDirectories(folder, mode: 0o755)
            for number in 1...Self.articles {
                let title = phrases.subjects[number % phrases.subjects.count]
                let text = Self.text(
                    phrases,
                    sentences: Int.random(in: 20...200, using: &generator)
                )
                try write(
                    "# \(title) \(number)\n\n\(text)",
                    to: folder.appending("\(number) \(title).md")
                )
            }
        }
        let folder = place.files.appending("logs")
        try FileSystem.makeDirectories(folder, mode: 0o750)
        for number in 1...Self.logs {
            try DemoClock.checkCancellation()
            let lines = (0..<2000).map { line in
                "2026-11-23T\(10 + line / 400):\(10 + number % 50):00Z agent \(line % 60) call \(Int.random(in: 1...DemoDatabase.calls, using: &generator)) took \(line % 900) s"
            }
            try write(lines.joined(separator: "\n"), to: folder.appending("calls-\(number).log"))
        }
        try Directory.open(folder).makeSymbolicLink(
            Self.name("newest.log"),
            target: Array("calls-\(Self.logs).log".utf8)
        )
        try SecretFile.create(place.secrets, Array(Self.makeSecrets().utf8))
    }

    /// Everything in the file tree and the secrets, by path.
    ///
    /// - Throws: `E-IO-…`.
    func evidence() throws(Fault) -> [String: Evidence] {
        var found: [String: Evidence] = [:]
        try examine(place.files, into: &found)
        try examine(place.secrets, into: &found)
        return found
    }

    /// The bytes of all files together.
    func size() throws(Fault) -> ByteCount {
        var bytes = ByteCount.zero
        for path in try evidence().keys {
            guard let status = try FileSystem.status(FilePath(path)), status.isRegular else {
                continue
            }
            bytes += ByteCount(status.size)
        }
        return bytes
    }

    private func examine(_ path: FilePath, into found: inout [String: Evidence]) throws(Fault) {
        guard let status = try FileSystem.status(path), let name = path.lastName else { return }
        var content: String?
        switch status.kind {
        case .regular:
            let bytes = try DurableFile.read(path, limit: ByteCount(64 << 20))
            content = Hashing.sha256(bytes).description
        case .symbolicLink:
            content = String(
                decoding: try Directory.open(path.parent).readLink(name),
                as: UTF8.self
            )
        default:
            for inner in try Directory.open(path).names() {
                try examine(path.appending(inner), into: &found)
            }
        }
        let mode = String(status.mode, radix: 8)
        found[path.string] = Evidence(
            attributes: "\(status.kind) \(mode) \(status.owner) \(status.modified.nanoseconds)",
            content: content
        )
    }

    private func write(_ text: String, to path: FilePath) throws(Fault) {
        let file = try Descriptor.open(path, .write, create: .exclusive(0o644))
        try file.write(Array(text.utf8))
        try file.close()
    }

    private static func name(_ text: String) -> FileName {
        guard let name = FileName(text) else { preconditionFailure("a literal is a name") }
        return name
    }

    private static func text(_ phrases: DemoPhrases, sentences: Int) -> String {
        var generator = SystemRandomNumberGenerator()
        return (0..<sentences).map { _ in phrases.sentence(&generator) }.joined(separator: "\n")
    }

    private static func makeSecrets() -> String {
        let names = [
            "DATABASE_PASSWORD", "REDIS_PASSWORD", "JWT_SECRET", "TELEPHONY_TOKEN", "MODEL_API_KEY",
            "WEBHOOK_SECRET",
        ]
        return names.map { "\($0)=\(Hexadecimal.encode(RandomBytes.make(24)))\n" }.joined()
    }
}
