public import Model
import SystemIO
import SystemPackage

extension DirectoryStore {
    /// Stores an object; see ``ObjectStore/put(_:_:)``.
    ///
    /// - Throws: As ``ObjectStore/put(_:_:)``.
    public func put(_ name: ObjectName, _ bytes: [UInt8]) async throws(Fault) {
        let (labels, file) = Self.split(name)
        do throws(Fault) {
            let folder = try makeFolder(of: labels)
            if try folder.status(of: file) == nil {
                do throws(Fault) {
                    return try folder.writeDurably(bytes, as: file, mode: 0o600, replacing: false)
                } catch  where error.systemError == .fileExists {
                    // Somebody else stored it meanwhile.
                }
            }
            guard try Self.holds(folder, file, bytes) else {
                throw Fault(
                    .objectExists,
                    "unable to store object '\(name)' in '\(address)': "
                        + "it is there already and holds other bytes",
                    hints: ["The store may be damaged; find out with: lifeboat check"]
                )
            }
            // Who stored it may not have come to synchronise the folder.
            try folder.synchronize()
        } catch {
            throw .store("store object", name.text, in: address, error)
        }
    }

    /// Puts bytes in the place of an object, by one rename; see ``ObjectStore/supersede(_:with:)``.
    ///
    /// - Throws: As ``ObjectStore/supersede(_:with:)``.
    public func supersede(_ name: ObjectName, with bytes: [UInt8]) async throws(Fault) {
        let (labels, file) = Self.split(name)
        do throws(Fault) {
            let folder = try makeFolder(of: labels)
            try folder.writeDurably(bytes, as: file, mode: 0o600, replacing: true)
        } catch {
            throw .store("replace object", name.text, in: address, error)
        }
    }

    /// Removes an object, while the folders above it stay; see ``ObjectStore/remove(_:)``.
    ///
    /// - Throws: As ``ObjectStore/remove(_:)``.
    public func remove(_ name: ObjectName) async throws(Fault) {
        let (labels, file) = Self.split(name)
        guard let folder = try folder(of: labels) else { return }
        do throws(Fault) {
            do throws(Fault) {
                try folder.removeFile(file)
            } catch  where error.systemError == .noSuchFileOrDirectory {
                return
            }
            try folder.synchronize()
        } catch {
            throw .store("remove object", name.text, in: address, error)
        }
    }

    private func makeFolder(of labels: ArraySlice<Substring>) throws(Fault) -> Directory {
        var folder = try opened()
        for label in labels {
            let name = Self.fileName(label)
            do throws(Fault) {
                folder = try folder.child(name)
            } catch  where error.systemError == .noSuchFileOrDirectory {
                do throws(Fault) {
                    try folder.makeDirectory(name, mode: 0o700)
                } catch  where error.systemError == .fileExists {
                    // Made by another writer, whose work the next line makes durable as well.
                }
                try folder.synchronize()
                folder = try folder.child(name)
            }
        }
        return folder
    }

    /// Whether a file holds exactly some bytes; compared in pieces, so that nothing is held twice.
    private static func holds(
        _ folder: borrowing Directory,
        _ name: FileName,
        _ bytes: [UInt8]
    ) throws(Fault) -> Bool {
        let file = try folder.openFile(name, .read)
        guard try file.status().size == Int64(bytes.count) else { return false }
        let step = 1 << 20
        for start in stride(from: 0, to: bytes.count, by: step) {
            let expected = bytes[start..<min(start + step, bytes.count)]
            guard try file.readFully(expected.count, at: Int64(start)).elementsEqual(expected)
            else {
                return false
            }
        }
        return true
    }
}
