public import FileTrees
public import Model
public import Sealing
internal import SystemIO
public import SystemPackage
public import Vault

/// Brings the entries of one snapshot back as a tree below a folder.
///
/// ```
/// manifest ──▶ every path made, contents planned ──▶ contents, pack by pack, written where they belong
/// manifest ──▶ every file read back and compared, then its attributes ──▶ folders' attributes, everything on the disk
/// ```
/// Memory is bounded: eight bytes a file, the entries of the folders, the sorter of ``ContentRestore``, one pack a worker.
public struct TreeRestorer: Sendable {
    let vault: Vault
    let snapshot: Snapshot
    let identities: [AgeIdentity]
    let destination: FilePath
    private let temporary: FilePath
    /// Whom restored files belong to: the accounts of the snapshot's names, or its numbers where this host does not know a name, when root
    /// restores; else whoever restores.
    public var ownership: TreeWriter.Ownership
    /// Decides about each entry: nil leaves it out, a changed path or target puts it elsewhere.
    ///
    /// It is asked twice about every entry and must answer the same.
    public var transform: @Sendable (ManifestEntry) throws(Fault) -> ManifestEntry?
    /// Paths in the tree whose files are not written but handed to the caller: small ones, see ``WithheldFile/limit``.
    public var withheld: Set<TreePath> = []
    /// Not nil: the folder may hold something, which is renewed: files that are right stay, of others the pages that differ are
    /// written, and what is not of the snapshot is removed unless this spares its path, with all below it.
    ///
    /// Memory is some fifty bytes a file more.
    public var spares: (@Sendable (TreePath) -> Bool)?
    /// How many tasks fetch and write, and then read back.
    public var workers = 3

    /// Prepares a restore of everything.
    ///
    /// - Parameters:
    ///   - vault: What to read from.
    ///   - snapshot: What to bring back.
    ///   - identities: What opens its data.
    ///   - destination: The folder that gets the tree; it is made when it is missing.
    ///   - temporary: A directory for temporary files; it exists.
    public init(
        _ vault: Vault,
        snapshot: Snapshot,
        identities: [AgeIdentity],
        destination: FilePath,
        temporary: FilePath
    ) {
        self.vault = vault
        self.snapshot = snapshot
        self.identities = identities
        self.destination = destination
        self.temporary = temporary
        ownership = .possible(numeric: false)
        transform = { entry throws(Fault) in entry }
    }

    /// Restores the tree.
    ///
    /// After success every file on the disk was read back and is what was backed up, and everything is durable; what
    /// is wrong with single attributes, links or devices is among the problems. Nothing that was there is replaced, unless
    /// the tree is renewed. After failure the destination holds a part of the tree, without the attributes of its folders; when a disk ran full
    /// it holds nothing of it, since what others need is room. A tree that is renewed is a mixture then, and can be renewed again.
    ///
    /// - Throws: `E-VAULT-DAMAGED` naming a file that is not what was backed up, `E-VAULT-MISSING`, `E-KEY-WRONG`,
    ///   `E-IO-EXISTS` when something is in the way, `E-IO-KIND` when a symbolic link is where a folder should be,
    ///   `E-IO-TOO-LARGE` for a large file to withhold, `E-CANCELLED`, and what the store and writing throw.
    public func run(progress: ProgressReporter) async throws(Fault) -> TreeRestoration {
        let tree = try RestoringTree(
            destination,
            ownership: ownership,
            collision: spares == nil ? .refuse : .renew,
            temporary: temporary
        )
        let contents = try ContentRestore(
            vault,
            snapshot: snapshot,
            identities: identities,
            temporary: temporary
        )
        let books = Books()
        do throws(Fault) {
            progress(.phase("restoring"))
            let total: Int64
            if let spares {
                total = try await renew(tree, contents, books, sparing: spares, progress)
            } else {
                total = try await plan(tree, contents, books)
            }
            progress(.total(contents.bytes))
            try await contents.run(into: tree, workers: workers) { progress(.advanced($0)) }
            progress(.phase("verifying"))
            progress(.total(total))
            try await verify(tree, books, progress)
            return try tree.complete()
        } catch {
            guard books.entries > 0, spares == nil else { throw error }
            if error.code == .diskFull, (try? await takeBack(tree, books)) != nil { throw error }
            let place = tree.root.displayed
            throw error.adding(
                hint: "A part of it is below '\(place)'; remove that before you try again."
            )
        }
    }

    /// How far a restore has come, so that it can be taken back.
    final class Books {
        /// Entries that were begun, hard links apart; they come in the order of the manifest.
        var entries = 0
        /// Hard links that were begun; they come in that order too.
        var hardLinks = 0
    }

    /// Removes what was made; what else is in the folders stays, and so do they.
    ///
    /// - Throws: what reading the manifest and removing throw; then more stays.
    private func takeBack(_ tree: RestoringTree, _ books: Books) async throws(Fault) {
        let manifest = try await vault.manifest(of: snapshot, identities: identities)
        var (entries, hardLinks) = (books.entries, books.hardLinks)
        while entries + hardLinks > 0, let work = try await next(manifest) {
            if work.place.kind.isHardLink {
                if hardLinks > 0 { try tree.remove(work.place) }
                hardLinks -= min(hardLinks, 1)
            } else {
                if entries > 0, !isWithheld(work.place) { try tree.remove(work.place) }
                entries -= min(entries, 1)
            }
        }
        tree.removeFolders()
    }

    /// Makes every path and plans the contents; tells the bytes of all files.
    ///
    /// Hard links come later, when all files are there.
    private func plan(
        _ tree: RestoringTree,
        _ contents: ContentRestore,
        _ books: Books
    ) async throws(Fault) -> Int64 {
        var total: Int64 = 0
        let manifest = try await vault.manifest(of: snapshot, identities: identities)
        while let work = try await next(manifest) {
            try Cancellation.check("restore a tree")
            if work.place.kind.isHardLink { continue }
            books.entries += 1
            let number =
                isWithheld(work.place)
                ? try tree.withhold(work.place) : try tree.create(work.place)
            guard let number else { continue }
            try contents.add(work.entry, file: number)
            total += work.place.size
        }
        return total
    }

    private func verify(
        _ tree: RestoringTree,
        _ books: Books,
        _ progress: ProgressReporter
    ) async throws(Fault) {
        let manifest = try await vault.manifest(of: snapshot, identities: identities)
        let pageKey = manifest.pageKey
        let queue = BoundedQueue<TreeVerifier.Work>(capacity: 64)
        try await working(on: queue) {
            let verifier = TreeVerifier(tree, pageKey: pageKey, progress: progress)
            return { work throws(Fault) in try verifier.run(work) }
        } filling: { () async throws(Fault) in
            try await distribute(manifest, tree, books, to: queue)
        }
    }

    /// Lets workers take from a queue, each with a function of its own, while it is filled.
    func working<Work: Sendable>(
        on queue: BoundedQueue<Work>,
        _ make: @escaping @Sendable () -> (Work) throws(Fault) -> Void,
        filling fill: () async throws(Fault) -> Void
    ) async throws(Fault) {
        let result: Result<Void, Fault> = await withTaskGroup(of: Fault?.self) { group in
            for _ in 0..<workers {
                group.addTask {
                    do throws(Fault) {
                        let body = make()
                        while let work = try await queue.next() { try body(work) }
                        return nil
                    } catch {
                        queue.fail(error)
                        return error
                    }
                }
            }
            do throws(Fault) {
                try await fill()
                queue.close()
            } catch { queue.fail(error) }
            var first: Fault?
            for await fault in group { first = first ?? fault }
            return first.map { .failure($0) } ?? .success(())
        }
        try result.get()
    }

    private func distribute(
        _ manifest: ManifestReader,
        _ tree: RestoringTree,
        _ books: Books,
        to queue: BoundedQueue<TreeVerifier.Work>
    ) async throws(Fault) {
        var withheld: [TreePath: WithheldFile] = [:]
        for file in tree.withheld { withheld[file.entry.path] = file }
        var number: UInt32 = 0
        while let work = try await next(manifest) {
            defer { if work.place.kind == .file { number += 1 } }
            if work.place.kind.isHardLink {
                books.hardLinks += 1
                _ = try tree.create(work.place)
            } else if let file = withheld[work.place.path] {
                try TreeVerifier.check(file.bytes, work, pageKey: manifest.pageKey)
            } else if work.place.kind == .file, !tree.isKept(number) {
                try await queue.push(work)
            }
        }
    }

    /// The next entry that is wanted, and where it goes.
    func next(_ manifest: ManifestReader) async throws(Fault) -> TreeVerifier.Work? {
        while let entry = try await manifest.next() {
            guard let entry = try transform(entry) else { continue }
            return TreeVerifier.Work(entry: entry, place: try TreeEntry(entry))
        }
        return nil
    }

    func isWithheld(_ entry: TreeEntry) -> Bool {
        entry.kind == .file && withheld.contains(entry.path)
    }
}
