package import Model
package import Vault

/// How far each copy has come with the log: what waits for it, and what is safe.
///
/// Pure: pieces and outcomes in, decisions out.
///
/// ```
///           offered, with room          no room, and another copy has some
///  ┌─▶ following ────────────▶ following ─────────────────────────────▶ behind
///  │                                                                    │ its log was brought up
///  └────────────── joining: takes what is offered from here on ◀────────┘ from another copy
/// ```
/// A copy that follows gets every piece in order. One that is slow or dead loses what waits for it rather than holding up
/// the others; what it lacks is in another copy, which it gets it from.
package struct LogFront: Sendable {
    /// Something that each copy stores.
    package struct Entry: Sendable {
        /// The object; nil when there is nothing to store, only a place to reach.
        package let log: SealedLog?
        /// The room that it takes.
        package let bytes: Int
        /// Everything before it is stored once this is.
        package let place: LogPlace

        package init(_ log: SealedLog?, bytes: Int? = nil, place: LogPlace) {
            self.log = log
            self.bytes = bytes ?? log?.bytes ?? 0
            self.place = place
        }
    }

    /// How a copy stands.
    package enum Standing: Sendable {
        case following
        case joining
        case behind
    }

    private struct Copy {
        var standing: Standing
        var durable: LogPlace?
        var waiting: [Entry] = []
        var bytes = 0
        var failures = 0
        var fault: Fault?
    }

    /// A copy counts as failing after this many attempts in a row.
    static let patience = 3

    private let durability: LogCopies.Durability
    private let limit: Int
    private var copies: [Copy]
    /// Everything before it was offered.
    package private(set) var given: LogPlace

    /// Begins at a place; `follows` tells of each copy whether it holds all that is before it.
    ///
    /// `limit`: how many bytes may wait for one copy; a single piece may be larger.
    package init(
        at place: LogPlace,
        follows: [Bool],
        durability: LogCopies.Durability,
        limit: Int = 64 << 20
    ) {
        self.durability = durability
        self.limit = limit
        given = place
        copies = follows.map {
            Copy(standing: $0 ? .following : .behind, durable: $0 ? place : nil)
        }
    }

    /// Everything before it is safe, as ``LogCopies/Durability`` says; nil when nothing is known to be.
    package var safe: LogPlace? {
        switch durability {
        case .anyCopy: return copies.compactMap(\.durable).max()
        case .everyCopy:
            let known = copies.compactMap(\.durable)
            return known.count == copies.count ? known.min() : nil
        }
    }

    /// Why receiving must not go on; nil when it may.
    ///
    /// An only copy fails with its own fault. Of several, all that follow have failed for a while, and another cannot take
    /// their place before receiving begins anew from what it holds.
    package var halt: Fault? {
        if copies.count == 1 { return copies[0].fault }
        let following = copies.filter { $0.standing == .following }
        guard following.count < copies.count,
            following.allSatisfy({ $0.failures >= Self.patience })
        else { return nil }
        let first = following.lazy.compactMap(\.fault).first
        return Fault(
            .logCopies,
            "unable to store the log: no copy takes it" + (first.map { "; \($0.message)" } ?? ""),
            cause: first
        )
    }

    package func standing(_ copy: Int) -> Standing { copies[copy].standing }

    /// Everything before it is durable in a copy; nil when that is not known.
    package func durable(_ copy: Int) -> LogPlace? { copies[copy].durable }

    /// Why a copy fails again and again; nil when it does not.
    package func fault(_ copy: Int) -> Fault? {
        copies[copy].failures >= Self.patience ? copies[copy].fault : nil
    }

    /// Whether the last attempt of a copy failed, or it is not up to date.
    package func isFailing(_ copy: Int) -> Bool {
        copies[copy].failures > 0 || copies[copy].standing != .following
    }

    /// Whether no copy that follows has anything to store.
    package var isIdle: Bool {
        copies.allSatisfy { $0.standing != .following || $0.waiting.isEmpty }
    }

    /// Puts something in line for every copy; false when no copy that follows has room, and nothing has changed.
    package mutating func offer(_ entry: Entry) -> Bool {
        guard copies.contains(where: { $0.standing == .following && hasRoom($0, entry) }) else {
            return false
        }
        for index in copies.indices where copies[index].standing != .behind {
            if hasRoom(copies[index], entry) {
                copies[index].waiting.append(entry)
                copies[index].bytes += entry.bytes
            } else {
                fallBehind(index)
            }
        }
        given = entry.place
        return true
    }

    private func hasRoom(_ copy: Copy, _ entry: Entry) -> Bool {
        copy.waiting.isEmpty || copy.bytes + entry.bytes <= limit
    }

    /// What a copy that follows stores next.
    package func next(_ copy: Int) -> Entry? {
        copies[copy].standing == .following ? copies[copy].waiting.first : nil
    }

    /// An entry is durable in a copy, unless it fell behind meanwhile; tells how often it had failed before.
    package mutating func stored(_ copy: Int, _ entry: Entry) -> Int {
        let failures = copies[copy].failures
        copies[copy].failures = 0
        copies[copy].fault = nil
        copies[copy].durable = max(copies[copy].durable ?? entry.place, entry.place)
        if let first = copies[copy].waiting.first, first.place == entry.place {
            copies[copy].waiting.removeFirst()
            copies[copy].bytes -= first.bytes
        }
        return failures
    }

    /// A copy failed; tells how often in a row.
    package mutating func failed(_ copy: Int, _ fault: Fault) -> Int {
        copies[copy].failures += 1
        copies[copy].fault = fault
        return copies[copy].failures
    }

    /// Gives up what waits for a copy; what is durable there stays so.
    package mutating func fallBehind(_ copy: Int) {
        copies[copy].standing = .behind
        copies[copy].waiting = []
        copies[copy].bytes = 0
    }

    /// Whether a copy that is none of these follows and works.
    package func goesOn(without stuck: Set<Int>) -> Bool {
        copies.indices.contains {
            !stuck.contains($0) && copies[$0].standing == .following && copies[$0].failures == 0
        }
    }

    /// The copy that another one gets the log from: the one furthest on that follows and works.
    package func source(for copy: Int) -> Int? {
        copies.indices
            .filter { $0 != copy && copies[$0].standing == .following && copies[$0].failures == 0 }
            .max { (copies[$0].durable ?? given) < (copies[$1].durable ?? given) }
    }

    /// Lets a copy take what is offered from here on; it must get everything before the place that this tells.
    package mutating func join(_ copy: Int) -> LogPlace {
        fallBehind(copy)
        copies[copy].standing = .joining
        return given
    }

    /// A copy has everything before a place; false when it fell behind again meanwhile.
    package mutating func joined(_ copy: Int, at place: LogPlace) -> Bool {
        guard copies[copy].standing == .joining else { return false }
        copies[copy].standing = .following
        copies[copy].durable = max(copies[copy].durable ?? place, place)
        copies[copy].failures = 0
        copies[copy].fault = nil
        return true
    }
}
