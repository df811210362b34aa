public import Model
public import ObjectStorage

extension Vault {
    /// A hold in force, and whose it is.
    public struct HeldSnapshot: Sendable, Hashable {
        /// What the document says.
        public let hold: Hold
        /// The host that holds it.
        public let host: String
        /// The document's name.
        public let document: ObjectName
    }

    /// Keeps a snapshot, with all the log that it needs itself, from every collection until it is released.
    ///
    /// After success the hold is durable, and every sweep that begins later spares the snapshot. After failure it may be in
    /// force or not.
    ///
    /// - Throws: `E-SNAPSHOT-NONE` when the snapshot is not there, or went while it was being held; what `publish` throws.
    public func hold(
        _ snapshot: SnapshotID,
        reason: String,
        until: Instant?,
        keys: HostKeys,
        at time: Instant
    ) async throws(Fault) {
        try await checkPresent(snapshot, to: "hold")
        try await publish(
            Hold(snapshot, reason: reason, until: until, isRelease: false),
            in: .holds,
            keys: keys,
            at: time
        )
        try await checkPresent(snapshot, to: "hold")
    }

    /// Ends this host's hold of a snapshot.
    ///
    /// - Throws: `E-HOLD-NONE` when this host does not hold it, what `publish` throws.
    public func release(
        _ snapshot: SnapshotID,
        keys: HostKeys,
        at time: Instant
    ) async throws(Fault) {
        let held = try await holds(at: time)[snapshot] ?? []
        guard held.contains(where: { $0.host == keys.host }) else {
            throw Fault(
                .notHeld,
                "unable to release '\(snapshot)': this host, '\(keys.host)', does not hold it",
                hints: held.map { "It is held by '\($0.host)', which alone can release it." }
            )
        }
        try await publish(
            Hold(snapshot, reason: "", until: nil, isRelease: true),
            in: .holds,
            keys: keys,
            at: time
        )
    }

    /// The holds in force at a moment, by snapshot.
    ///
    /// One listing, and one read for each document.
    ///
    /// - Throws: `E-GC-UNREADABLE` when a hold cannot be read, since it is not known what it holds; what the store throws.
    public func holds(at time: Instant) async throws(Fault) -> [SnapshotID: [HeldSnapshot]] {
        let (found, refused) = try await documents(of: .holds, as: Hold.self)
        let damage = refused.first { ![.untrusted, .revoked, .misplaced].contains($0.code) }
        if let damage {
            throw Fault(
                .headUnreadable,
                "unable to tell what is held: a hold cannot be read",
                hints: [
                    damage.message,
                    "Bring it back from another copy with `lifeboat check --repair`.",
                ],
                cause: damage
            )
        }
        var held: [SnapshotID: [HeldSnapshot]] = [:]
        for document in found {
            guard let id = SnapshotID(document.content.snapshot) else { continue }
            var present = (held[id] ?? []).filter { $0.host != document.host }
            if !document.content.isRelease {
                present.append(
                    HeldSnapshot(
                        hold: document.content,
                        host: document.host,
                        document: document.name
                    )
                )
            }
            held[id] = present
        }
        return held.mapValues { $0.filter { $0.hold.until.map { $0 > time } ?? true } }
            .filter { !$0.value.isEmpty }
    }

    private func checkPresent(_ snapshot: SnapshotID, to verb: String) async throws(Fault) {
        guard try await store.status(snapshot.objectName) == nil else { return }
        throw Fault(
            .noSnapshot,
            "unable to \(verb) '\(snapshot)': there is no such snapshot",
            hints: ["See what is there with `lifeboat ls`."]
        )
    }
}
