internal import Model
internal import ObjectStorage
public import Vault

/// The copies of a stack that are there, as one vault to read from, the best first.
///
/// An object that one copy lacks or holds damaged comes from the next; see `UnitedStore`.
public struct UnitedCopies: Sendable {
    /// The copies, the best first.
    public let copies: [OpenCopy]
    /// The copies that could not be opened.
    public let absent: [AbsentCopy]
    /// All of them as one vault; nothing can be written to it.
    public let vault: Vault
    private let store: UnitedStore
    private let earlier: [CopyFinding]

    /// Puts the copies that are there, at least one, in the order in which they are read from.
    init(_ set: CopySet) {
        self.init(Self.ranked(set.open), set.absent, [])
    }

    /// Copies in the order in which they are read from: disks before networks, buckets and archives, then as the
    /// configuration has them.
    static func ranked(_ copies: [OpenCopy]) -> [OpenCopy] {
        copies.enumerated().sorted { left, right in
            (left.element.configuration.readingRank, left.offset)
                < (right.element.configuration.readingRank, right.offset)
        }.map(\.element)
    }

    private init(_ copies: [OpenCopy], _ absent: [AbsentCopy], _ earlier: [CopyFinding]) {
        self.copies = copies
        self.absent = absent
        self.earlier = earlier
        (vault, store) = Vault.united(copies.map(\.vault))
    }

    /// The same copies, those of some names before the others.
    func preferring(_ names: Set<String>) -> UnitedCopies {
        let first = copies.filter { names.contains($0.name) }
        let rest = copies.filter { !names.contains($0.name) }
        let copies = UnitedCopies(first + rest, absent, findings)
        copies.vault.learn(from: vault)
        return copies
    }

    /// What copies should have handed out and did not.
    ///
    /// That a piece of log is not in every copy is no finding: a copy may hold it within a longer piece.
    public var findings: [CopyFinding] {
        let met = store.findings
            .filter { !$0.isMissing || $0.hasOlder || !$0.object.text.hasPrefix("log/") }
            .map {
                CopyFinding(
                    copy: name($0.copy),
                    object: $0.object.text,
                    fact: $0.fact,
                    hasOlder: $0.hasOlder
                )
            }
        return earlier + met.filter { !earlier.contains($0) }
    }

    /// The names of the copies that handed something out, the best first.
    public var used: [String] { store.used.map { name($0) } }

    private func name(_ address: String) -> String {
        copies.first { $0.vault.store.address == address }?.name ?? address
    }
}
