internal import FileTrees
public import Model
internal import SystemIO
internal import SystemPackage
internal import Vault

// A folder that holds something already is renewed:
//
// manifest ──▶ every path made or taken over ──▶ what is not of the snapshot removed
// manifest ──▶ files that were there read and compared ──▶ contents of the others planned
extension TreeRestorer {
    /// A file to compare, and its number in the restore.
    struct NumberedWork: Sendable {
        let work: TreeVerifier.Work
        let number: UInt32
    }

    /// Makes or takes over every path and plans the contents of files that are not what they should be; tells their bytes.
    func renew(
        _ tree: RestoringTree,
        _ contents: ContentRestore,
        _ books: Books,
        sparing isSpared: @Sendable (TreePath) -> Bool,
        _ progress: ProgressReporter
    ) async throws(Fault) -> Int64 {
        let manifest = try await vault.manifest(of: snapshot, identities: identities)
        while let work = try await next(manifest) {
            try Cancellation.check("restore a tree")
            if work.place.kind.isHardLink { continue }
            books.entries += 1
            if isWithheld(work.place) {
                _ = try tree.withhold(work.place)
            } else {
                _ = try tree.create(work.place)
            }
        }
        try tree.removeOthers(sparing: isSpared)
        progress(.phase("comparing"))
        try await compare(tree, progress)
        progress(.phase("restoring"))
        return try await planRest(tree, contents)
    }

    private func compare(
        _ tree: RestoringTree,
        _ progress: ProgressReporter
    ) async throws(Fault) {
        let manifest = try await vault.manifest(of: snapshot, identities: identities)
        let pageKey = manifest.pageKey
        let queue = BoundedQueue<NumberedWork>(capacity: 64)
        try await working(on: queue) {
            let verifier = TreeVerifier(tree, pageKey: pageKey, progress: progress)
            return { item throws(Fault) in
                try verifier.keep(item.work, number: item.number)
            }
        } filling: { () async throws(Fault) in
            var number: UInt32 = 0
            while let work = try await next(manifest) {
                guard work.place.kind == .file else { continue }
                if !isWithheld(work.place) {
                    try await queue.push(NumberedWork(work: work, number: number))
                }
                number += 1
            }
        }
    }

    private func planRest(
        _ tree: RestoringTree,
        _ contents: ContentRestore
    ) async throws(Fault) -> Int64 {
        var total: Int64 = 0
        var number: UInt32 = 0
        let manifest = try await vault.manifest(of: snapshot, identities: identities)
        while let work = try await next(manifest) {
            guard work.place.kind == .file else { continue }
            if !tree.isKept(number) {
                try contents.add(work.entry, file: number)
                if !isWithheld(work.place) {
                    try tree.clearHoles(of: work.entry, in: number)
                    total += work.place.size
                }
            }
            number += 1
        }
        return total
    }

    /// Compares what is in the folder with the snapshot, and changes nothing.
    ///
    /// - Throws: what reading the manifest and the files throws.
    public func comparison(progress: ProgressReporter) async throws(Fault) -> TreeComparison {
        let manifest = try await vault.manifest(of: snapshot, identities: identities)
        let pageKey = manifest.pageKey
        let queue = BoundedQueue<TreeVerifier.Work>(capacity: 64)
        let tally = TreeTally()
        let root = destination
        progress(.phase("comparing"))
        try await working(on: queue) {
            { work throws(Fault) in try tally.count(work, below: root, pageKey, progress) }
        } filling: { () async throws(Fault) in
            while let work = try await next(manifest) {
                if work.place.kind == .file { try await queue.push(work) }
            }
        }
        return tally.comparison
    }
}
