public import Model
import SystemIO
import SystemPackage

extension DirectoryStore {
    /// Reads a whole object; see ``ObjectStore/get(_:limit:)``.
    ///
    /// - Throws: As ``ObjectStore/get(_:limit:)``.
    public func get(_ name: ObjectName, limit: Int) async throws(Fault) -> [UInt8] {
        do throws(Fault) {
            return try file(name).readAll(limit: ByteCount(limit))
        } catch  where error.code == .fileTooLarge {
            throw Fault(
                .objectTooLarge,
                "unable to read object '\(name)' in '\(address)': "
                    + "it is larger than \(ByteCount(limit))"
            )
        } catch {
            throw .store("read object", name.text, in: address, error)
        }
    }

    /// Reads a part of an object; see ``ObjectStore/read(_:range:)``.
    ///
    /// - Throws: As ``ObjectStore/read(_:range:)``.
    public func read(_ name: ObjectName, range: Range<Int64>) async throws(Fault) -> [UInt8] {
        do throws(Fault) {
            let file = try file(name)
            let range = range.clamped(to: 0..<(try file.status().size))
            return try file.readFully(range.count, at: range.lowerBound)
        } catch {
            throw .store("read object", name.text, in: address, error)
        }
    }

    /// What is known about an object; see ``ObjectStore/status(_:)``.
    ///
    /// - Throws: As ``ObjectStore/status(_:)``.
    public func status(_ name: ObjectName) async throws(Fault) -> ObjectInfo? {
        let (labels, file) = Self.split(name)
        guard let folder = try folder(of: labels) else { return nil }
        do throws(Fault) {
            guard let status = try folder.status(of: file), status.isRegular else { return nil }
            return ObjectInfo(name: name, bytes: status.size, modified: status.modified)
        } catch {
            throw .store("examine object", name.text, in: address, error)
        }
    }

    private func file(_ name: ObjectName) throws(Fault) -> Descriptor {
        let (labels, file) = Self.split(name)
        guard let folder = try folder(of: labels) else {
            throw .unable("open file", root, .noSuchFileOrDirectory)
        }
        return try folder.openFile(file, .read)
    }
}
