public import Model
import SystemIO
import SystemPackage

extension DirectoryStore {
    /// Reports every object below a prefix; see ``ObjectStore/list(_:_:)``.
    ///
    /// Holds the names of one folder of each level in memory. Skips temporary files and whatever is no object,
    /// see ``listOddities(_:)``.
    ///
    /// - Throws: As ``ObjectStore/list(_:_:)``.
    public func list(
        _ prefix: String,
        _ body: (ObjectInfo) throws(Fault) -> Void
    ) async throws(Fault) {
        let labels = try ObjectPrefix.labels(prefix)
        guard let folder = try folder(of: labels) else { return }
        try walk(folder, labels.joined(separator: "/"), body)
    }

    /// Removes temporary files that a crash left behind; see ``ObjectStore/removeLeftovers(olderThan:)``.
    ///
    /// `age` is how long ago they were last written; a longer time than any upload takes.
    ///
    /// - Throws: As ``ObjectStore/removeLeftovers(olderThan:)``.
    public func removeLeftovers(olderThan age: Duration) async throws(Fault) -> Int {
        try sweep(opened(), before: SystemClock().now() - age)
    }

    private func walk(
        _ folder: borrowing Directory,
        _ path: String,
        _ body: (ObjectInfo) throws(Fault) -> Void
    ) throws(Fault) {
        for entry in try entries(of: folder, path) {
            let label = String(decoding: entry.name.bytes, as: UTF8.self)
            let full = path.isEmpty ? label : "\(path)/\(label)"
            // A path that is too long for a name has no object below it: nobody can make a listing bottomless.
            guard let name = ObjectName(full) else { continue }
            if entry.status.isDirectory {
                guard let inner = try child(folder, entry.name) else { continue }
                try walk(inner, full, body)
            } else {
                try body(
                    ObjectInfo(
                        name: name,
                        bytes: entry.status.size,
                        modified: entry.status.modified
                    )
                )
            }
        }
    }

    private struct Entry {
        let name: FileName
        let status: FileStatus
    }

    /// What a folder holds, in the order of whole names: a folder sorts as if its name ended in `/`.
    private func entries(
        of folder: borrowing Directory,
        _ path: String
    ) throws(Fault) -> [Entry] {
        var entries: [Entry] = []
        do throws(Fault) {
            for name in try folder.names() where ObjectName.isLabel(name.bytes) {
                guard let status = try folder.status(of: name),
                    status.isRegular || status.isDirectory
                else { continue }
                entries.append(Entry(name: name, status: status))
            }
        } catch {
            throw .store("list objects", path, in: address, error)
        }
        // The names of a folder come in order already; only the `/` after a folder's can change that.
        guard entries.contains(where: \.status.isDirectory) else { return entries }
        let slash: [UInt8] = [UInt8(ascii: "/")]
        return entries.sorted { left, right in
            let leftKey = left.name.bytes + (left.status.isDirectory ? slash : [])
            let rightKey = right.name.bytes + (right.status.isDirectory ? slash : [])
            return leftKey.lexicographicallyPrecedes(rightKey)
        }
    }

    /// A folder of a folder; nil when it vanished since it was listed.
    func child(
        _ folder: borrowing Directory,
        _ name: FileName
    ) throws(Fault) -> Directory? {
        do throws(Fault) {
            return try folder.child(name)
        } catch {
            guard error.systemError != .noSuchFileOrDirectory else { return nil }
            throw .store("list objects", name.description, in: address, error)
        }
    }

    private func sweep(
        _ folder: borrowing Directory,
        before limit: Instant
    ) throws(Fault) -> Int {
        var count = 0
        do throws(Fault) {
            for name in try folder.names() {
                guard let status = try folder.status(of: name) else { continue }
                if status.isDirectory, ObjectName.isLabel(name.bytes) {
                    guard let inner = try child(folder, name) else { continue }
                    count += try sweep(inner, before: limit)
                } else if status.isRegular, name.isTemporary, status.modified < limit {
                    try folder.removeFile(name)
                    count += 1
                }
            }
        } catch {
            throw .store("remove temporary files", folder.path.displayed, in: address, error)
        }
        return count
    }
}
