internal import FileTrees
internal import Model
internal import SystemIO
internal import SystemPackage

/// The values of the stack's own secret files, so that none of them gets into a history.
///
/// From a file of lines `NAME=value` the values count whose names speak of a secret, and addresses with a password in them; from any
/// other file its only line. Short ones do not: they would be found everywhere.
struct KnownSecrets: Sendable {
    /// The fewest bytes that a value must have to be looked for.
    private static let least = 10
    /// The most values that are looked for.
    private static let most = 1000

    private static let names = [
        "pass", "pwd", "secret", "token", "key", "credential", "salt", "private",
    ]

    /// The values by their first byte.
    private var values = [[[UInt8]]](repeating: [], count: 256)
    private var count = 0

    /// None.
    init() {}

    /// Reads the files, and those in folders; what cannot be read tells nothing.
    init(_ paths: [FilePath]) async {
        var known = KnownSecrets()
        for path in paths {
            guard let scanner = try? TreeScanner(roots: [TreeRoot(path)], crossesMounts: true)
            else { continue }
            try? await scanner.scan { (found) throws(Fault) in
                guard case .entry(let seen) = found, seen.entry.kind == .file,
                    let plain = try? WholeReading.read(seen, limit: SecretsComponent.limit)
                else { return }
                known.add(plain.bytes)
            }
        }
        self = known
    }

    /// Adds what a file holds.
    mutating func add(_ bytes: [UInt8]) {
        let lines = bytes.split(separator: 10)
        for line in lines {
            let text = SecretText.trimmed(line)
            guard text.first != UInt8(ascii: "#") else { continue }
            if let assignment = SecretText.assignment(text) {
                let name = assignment.name.lowercased()
                let isSecret =
                    Self.names.contains { name.contains($0) } && !SecretText.isHarmless(name)
                if isSecret || SecretText.password(inAddressOf: assignment.value) != nil {
                    insert(assignment.value)
                }
            } else if lines.count == 1 {
                insert(text)
            }
        }
    }

    private mutating func insert(_ value: ArraySlice<UInt8>) {
        guard value.count >= Self.least, count < Self.most, let first = value.first,
            first != UInt8(ascii: "/"), first != UInt8(ascii: "$")
        else { return }
        values[Int(first)].append(Array(value))
        count += 1
    }

    /// Whether a line holds one of them.
    func isIn(_ line: ArraySlice<UInt8>) -> Bool {
        guard count > 0 else { return false }
        for start in line.indices {
            let candidates = values[Int(line[start])]
            if candidates.isEmpty { continue }
            if candidates.contains(where: { line[start...].starts(with: $0) }) { return true }
        }
        return false
    }
}
