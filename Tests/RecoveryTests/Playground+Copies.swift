import Model
import SystemIO
import SystemPackage
import TestKit

extension Playground {
    /// A playground whose stack has two more copies than the first, `b` and `usb`, of which one is offline; neither is made.
    static func withCopies(seed: UInt64) async throws -> Playground {
        let playground = try await Playground.initialised()
        try playground.addCopies()
        try playground.fill(seed: seed)
        return playground
    }

    /// Adds copies behind the first one to the configuration: folders of their names, with what else is set for each.
    func addCopies(
        _ copies: KeyValuePairs<String, String> = [
            "b": ", every: 1d", "usb": ", every: 7d, offline: true",
        ]
    ) throws {
        let lines = try read("lifeboat.yaml").split(separator: "\n")
        guard let line = lines.first(where: { $0.contains("- {name: local") }) else {
            throw Fault(.failedTest, "there is no copy in the configuration")
        }
        let item = line.prefix { $0 == " " }
        let items = copies.map { name, settings in
            "\n\(item)- {name: \(name), url: file://\(path.string)/\(name)\(settings)}"
        }
        try edit(String(line), line + items.joined())
    }

    /// Random files to protect, so that packs have something in them.
    func fill(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        for number in 0..<3 {
            try DurableFile.replace(
                source.appending("file\(number)"),
                with: random.bytes(400_000),
                mode: 0o600
            )
        }
    }

    /// The packs below a vault's folder, each with its length.
    func packs(of vault: String) throws -> [(path: FilePath, bytes: Int64)] {
        var found: [(FilePath, Int64)] = []
        let root = path.appending(vault).appending("packs")
        for folder in try Directory.open(root).names() {
            for name in try Directory.open(root.appending(folder)).names() {
                let path = root.appending(folder).appending(name)
                guard let status = try FileSystem.status(path) else { continue }
                found.append((path, status.size))
            }
        }
        return found
    }

    /// Changes one bit in the middle of a file.
    func flip(_ path: FilePath) throws {
        var bytes = try DurableFile.read(path, limit: ByteCount(64 << 20))
        bytes[bytes.count / 2] ^= 1
        try DurableFile.replace(path, with: bytes, mode: 0o600)
    }

    /// Whether a restored folder holds the source's files byte for byte.
    func isWhole(_ folder: String) throws -> Bool {
        try ["letter", "deep/noise", "file0", "file1", "file2"].allSatisfy { name in
            try DurableFile.read(source.appending(name), limit: ByteCount(1 << 20))
                == DurableFile.read(
                    path.appending(restored(folder, "source/\(name)")),
                    limit: ByteCount(1 << 20)
                )
        }
    }
}
