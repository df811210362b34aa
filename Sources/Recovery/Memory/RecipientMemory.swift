internal import Model
internal import Sealing
internal import StackConfiguration
internal import SystemIO
internal import SystemPackage
internal import Vault

/// Which recipients were in force in a stack's environment, kept in the stack's state folder for the other stacks of this
/// host to see.
///
/// ```
/// lifeboat recipients 1 <vault id> <environment>
/// age1…                                               one a line
/// ```
/// A recipient says nothing of its environment, and a vault knows of no other one. Where two environments meet is the host
/// that serves both, or on which both were enrolled: their state folders lie side by side. Each stack writes its own file and
/// looks at its neighbours'; a host that has only one environment cannot know what another host does.
struct RecipientMemory: Sendable {
    private static let magic = "lifeboat recipients 1 "
    private static let name = "recipients"
    private static let largestFile = ByteCount(1 << 20)

    private let state: FilePath
    private let environment: String
    /// What the configuration seals to: data and secrets.
    private let wanted: [String]

    /// What was read from a file.
    private struct Known {
        let vault: Digest256
        let environment: String
        let recipients: [String]
    }

    /// The memory of a stack; nothing is read or made.
    init(_ configuration: StackConfiguration) {
        state = FilePath(configuration.state)
        environment = configuration.environment
        var wanted = configuration.keys.recipients
        for component in configuration.components {
            if case .secrets(let secrets) = component.source { wanted += secrets.recipients }
        }
        self.wanted = wanted.map { $0.lowercased() }
    }

    /// Remembers what is in force in a vault, and what the configuration seals secrets to.
    ///
    /// - Throws: `E-IO-…`; what was remembered before then still is.
    func keep(_ vault: Vault) throws(Fault) {
        let path = state.appending(Self.name)
        let known = Self.read(path).flatMap { $0.vault == vault.id ? $0.recipients : nil } ?? []
        let enrolled = vault.enrolments.flatMap(\.recipients).map(\.text)
        let all = Set(known + enrolled + wanted)
        guard all != Set(known) else { return }
        let lines = ["\(Self.magic)\(vault.id) \(environment)"] + all.sorted()
        try FileSystem.makeDirectories(state, mode: 0o700)
        let text = lines.map { "\($0)\n" }.joined()
        try DurableFile.replace(path, with: Array(text.utf8), mode: 0o600)
    }

    /// Why nothing must be sealed to what the configuration names: another environment has a recipient too; nil when no
    /// neighbour says so.
    ///
    /// A neighbour that cannot be read says nothing; see ``unreadable()``.
    func fault() -> Fault? {
        for name in neighbours {
            let path = name.appending(Self.name)
            guard let other = Self.read(path), other.environment != environment,
                let shared = wanted.first(where: { other.recipients.contains($0) })
            else { continue }
            return Fault(
                .recipientShared,
                "unable to seal to '\(shared)': it is a recipient of environment '\(other.environment)' too, and this is '\(environment)'",
                hints: [
                    "Give each environment a recipient of its own under `keys:`, then: lifeboat key enrol --kit FILE --keep-keys",
                    "'\(path.displayed)' remembers it, of vault \(other.vault.short); remove that file if the environment is gone.",
                ]
            )
        }
        return nil
    }

    /// The neighbours that have keys, and whose memory does not hold what it should: whether one of them has a recipient of
    /// this stack is not known.
    func unreadable() -> [Fault] {
        neighbours.compactMap { neighbour in
            let path = neighbour.appending(Self.name)
            // Other programs have files of this name.
            let signing = neighbour.appending("keys").appending("host.signing")
            guard (try? FileSystem.status(signing)) != nil,
                (try? FileSystem.status(path)) != nil, Self.read(path) == nil
            else { return nil }
            return Fault(
                .memoryDamaged,
                "unable to tell whether another environment has a recipient of '\(environment)': '\(path.displayed)' does not hold what it should",
                hints: ["The next backup of the stack in '\(neighbour.displayed)' writes it anew."]
            )
        }
    }

    /// What lies beside this stack's state folder.
    private var neighbours: [FilePath] {
        let names = (try? Directory.open(state.parent).names()) ?? []
        return names.map { state.parent.appending($0) }.filter { $0 != state }
    }

    private static func read(_ path: FilePath) -> Known? {
        guard let bytes = try? DurableFile.read(path, limit: largestFile) else { return nil }
        let lines = String(decoding: bytes, as: UTF8.self).split { $0 == "\n" }
        guard let first = lines.first, first.hasPrefix(magic) else { return nil }
        let words = first.dropFirst(magic.count).split { $0 == " " }
        guard words.count == 2, let vault = Digest256(hexadecimal: words[0]) else { return nil }
        return Known(
            vault: vault,
            environment: String(words[1]),
            recipients: lines.dropFirst().map { String($0) }
        )
    }
}
