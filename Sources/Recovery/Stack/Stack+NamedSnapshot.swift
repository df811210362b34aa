internal import Model
internal import StackConfiguration
internal import Vault

extension Stack {
    /// The snapshot that a person names: `COMPONENT@NUMBER`, the object's name, or `commit:ID` of a configuration's history.
    ///
    /// A number means the snapshot that is trusted; one that a revoked key signed only where no other has the number.
    ///
    /// - Throws: `E-VALUE` when the text is no name, `E-SNAPSHOT-NONE` when there is none of the number, or several.
    func snapshot(
        named name: String,
        of host: String,
        in vault: Vault
    ) async throws(Fault) -> SnapshotID {
        if let id = SnapshotID(name) { return id }
        if name.hasPrefix(Self.commitPrefix) {
            return try await snapshot(ofCommit: name, in: vault)
        }
        let parts = name.split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count == 2, let number = UInt64(parts[1]),
            let stream = StreamName(
                host: host,
                stack: configuration.stack,
                component: String(parts[0])
            )
        else {
            throw Fault(
                .invalidValue,
                "unable to find snapshot '\(name)': it is neither COMPONENT@NUMBER nor an object's name nor commit:ID",
                hints: ["`lifeboat ls` shows components and numbers."]
            )
        }
        var found: [SnapshotID] = []
        for reader in [vault, vault.acceptingRevoked] where found.isEmpty {
            found = try await reader.snapshots(of: stream).snapshots.map(\.id)
                .filter { $0.seq == number }
        }
        guard found.count == 1, let only = found.first else {
            throw Fault(
                .noSnapshot,
                "unable to find snapshot '\(name)': \(found.isEmpty ? "there is none" : "there are \(found.count)")",
                hints: found.map { "Name it in full: \($0)" } + [
                    "See what is there with `lifeboat ls`."
                ]
            )
        }
        return only
    }

    /// What the name of a snapshot begins with that means a commit.
    static let commitPrefix = "commit:"

    /// The newest snapshot that holds the files of a commit.
    ///
    /// - Throws: `E-VALUE` when the text is no beginning of a commit's name, or of several; `E-SNAPSHOT-NONE` when no snapshot is of it.
    private func snapshot(
        ofCommit name: String,
        in vault: Vault
    ) async throws(Fault) -> SnapshotID {
        let commit = name.dropFirst(Self.commitPrefix.count).lowercased()
        guard (4...40).contains(commit.count), commit.allSatisfy(\.isHexDigit) else {
            throw Fault(
                .invalidValue,
                "unable to find commit '\(name)': it is not commit: and 4 to 40 hexadecimal digits",
                hints: ["`lifeboat ls` shows the commits of a component by its name."]
            )
        }
        var found: [String: Snapshot] = [:]
        for component in configuration.components {
            guard case .configuration = component.source else { continue }
            for snapshot in try await vault.snapshots(of: stream(of: component.name)).snapshots {
                guard let whole = snapshot.head.facts["commit"], whole.hasPrefix(commit) else {
                    continue
                }
                let isNewer = found[whole].map { $0.id.seq < snapshot.id.seq } ?? true
                if isNewer { found[whole] = snapshot }
            }
        }
        guard found.count < 2 else {
            throw Fault(
                .invalidValue,
                "unable to find commit '\(name)': there are \(found.count) that begin so",
                hints: found.keys.sorted().map { "Name it in full: commit:\($0)" }
            )
        }
        guard let only = found.values.first else {
            throw Fault(
                .noSnapshot,
                "unable to find commit '\(name)': no snapshot is of it",
                hints: [
                    "Its history may still hold it: lifeboat restore \(configuration.stack)/COMPONENT --history --to DIR.git",
                    "Then: git --git-dir=DIR.git archive COMMIT | tar -x -C PLACE",
                ]
            )
        }
        return only.id
    }
}
