public import Model
import SystemIO
import SystemPackage

extension DirectoryStore {
    /// Reports links, pipes, sockets, devices and names that no object can have; see ``ObjectStore/listOddities(_:)``.
    ///
    /// Holds the names of one folder of each level in memory. Nothing is opened but folders.
    ///
    /// - Throws: As ``ObjectStore/listOddities(_:)``.
    public func listOddities(_ body: (StoreOddity) throws(Fault) -> Void) async throws(Fault) {
        try search(opened(), "", body)
    }

    private func search(
        _ folder: borrowing Directory,
        _ path: String,
        _ body: (StoreOddity) throws(Fault) -> Void
    ) throws(Fault) {
        let names: [FileName]
        do throws(Fault) { names = try folder.names() } catch {
            throw .store("list objects", path, in: address, error)
        }
        for name in names {
            let full = path.isEmpty ? name.description : "\(path)/\(name)"
            let status: FileStatus?
            do throws(Fault) { status = try folder.status(of: name) } catch {
                throw .store("examine object", full, in: address, error)
            }
            guard let status else { continue }
            if let kind = Self.oddity(name, status, full) {
                try body(StoreOddity(place: full, kind: kind))
            } else if status.isDirectory, let inner = try child(folder, name) {
                try search(inner, full, body)
            }
        }
    }

    /// What makes something odd; nil for an object, a folder that may hold objects, and a temporary file.
    private static func oddity(_ name: FileName, _ status: FileStatus, _ full: String) -> String? {
        switch status.kind {
        case .symbolicLink: return "a symbolic link"
        case .fifo: return "a named pipe"
        case .socket: return "a socket"
        case .characterDevice, .blockDevice: return "a device"
        case .regular, .directory: break
        }
        guard !name.isTemporary || !status.isRegular else { return nil }
        guard ObjectName.isLabel(name.bytes), ObjectName(full) != nil else {
            return status.isDirectory
                ? "a folder whose name no object has" : "a file whose name no object has"
        }
        return nil
    }
}
