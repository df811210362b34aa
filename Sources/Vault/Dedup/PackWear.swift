/// Which packs of a new snapshot are worn: so much in them is dead that the next session should store what still lives
/// in them again, from the source ("clean at the source").
///
/// Packs are never rewritten. A pack that the next snapshots do not need any more dies with the last one that does, so
/// the packs of a snapshot hold little more than its content, and a restore reads little more than it writes.
///
/// The target weighs space and reads against writes. With pages that change at random, a pack is worn when three in ten of its
/// pages still live, and storing those again adds two fifths to what changed.
package struct PackWear {
    /// What is known of one pack that the snapshot names.
    package struct Pack: Sendable {
        let prefix: UInt64
        /// Its length in the store.
        let stored: Int
        /// The plain bytes of file content that were put into it.
        let content: Int64
        /// Those of them that the snapshot needs.
        let live: Int64

        /// Describes a pack; what a snapshot names twice counts once.
        package init(prefix: UInt64, stored: Int, content: Int64, live: Int64) {
            self.prefix = prefix
            self.stored = stored
            self.content = content
            self.live = min(live, content)
        }
    }

    /// At most this many packs are worn at once; they are listed in the head of the table.
    package static let limit = 500
    /// Content in packs over live content: seven quarters, so that a session's own changes stay below two.
    private static let target = (numerator: Int64(7), denominator: Int64(4))
    /// A pack below this length is small, whatever a session may fill.
    private static let smallBytes = 1 << 20
    /// So many small packs are left alone; beyond them all become one.
    private static let smallPacks = 128

    /// Chooses the worn packs, those with the least life first.
    ///
    /// At most a sixteenth of what lives is to be stored again, or as much as was new this time, whichever is more.
    ///
    /// - Parameters:
    ///   - packs: every pack that the snapshot names.
    ///   - added: plain bytes that the session stored.
    /// - Returns: prefixes, at most ``limit``.
    package static func worn(_ packs: [Pack], added: Int64) -> [UInt64] {
        let live = packs.reduce(0) { $0 + $1.live }
        var content = packs.reduce(0) { $0 + $1.content }
        var budget = max(live / 16, added)
        var worn: [UInt64] = []
        func take(_ pack: Pack) -> Bool {
            guard pack.live <= budget, worn.count < limit else { return false }
            budget -= pack.live
            content -= pack.content - pack.live
            worn.append(pack.prefix)
            return true
        }
        for pack in packs.filter({ $0.live < $0.content }).sorted(by: isMoreWorn) {
            guard content * target.denominator > live * target.numerator, take(pack) else { break }
        }
        let small = packs.filter { $0.stored < smallBytes && !worn.contains($0.prefix) }
        guard small.count > smallPacks else { return worn }
        for pack in small.sorted(by: isSmaller) {
            guard take(pack) else { break }
        }
        return worn
    }

    private static func isMoreWorn(_ left: Pack, _ right: Pack) -> Bool {
        let share = { (pack: Pack) in Double(pack.live) / Double(pack.content) }
        return (share(left), left.prefix) < (share(right), right.prefix)
    }

    private static func isSmaller(_ left: Pack, _ right: Pack) -> Bool {
        (left.stored, left.prefix) < (right.stored, right.prefix)
    }
}
