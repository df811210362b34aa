public import Model
public import ObjectStorage
internal import Synchronization

// What lies behind an object that was overwritten or deleted, and what a plain store need not have.
extension UnitedStore {
    /// What lies between the objects of all copies; see ``ObjectStore/listOddities(_:)``.
    ///
    /// - Throws: As ``ObjectStore/listOddities(_:)``.
    public func listOddities(_ body: (StoreOddity) throws(Fault) -> Void) async throws(Fault) {
        for member in members { try await member.store.listOddities(body) }
    }

    /// The versions of an object in all copies, those of the best one first; see ``ObjectStore/versions(of:)``.
    ///
    /// - Throws: As ``ObjectStore/versions(of:)``.
    public func versions(of name: ObjectName) async throws(Fault) -> [ObjectVersion] {
        var all: [ObjectVersion] = []
        for (index, member) in members.enumerated() {
            all += try await member.store.versions(of: name).map { version in
                ObjectVersion(
                    id: "\(index) \(version.id)",
                    bytes: version.bytes,
                    modified: version.modified,
                    isCurrent: version.isCurrent,
                    isDeletion: version.isDeletion
                )
            }
        }
        return all
    }

    /// Reads a part of a version that ``versions(of:)`` named; see ``ObjectStore/read(_:version:range:)``.
    ///
    /// - Throws: As ``ObjectStore/read(_:version:range:)``.
    public func read(
        _ name: ObjectName,
        version: String,
        range: Range<Int64>
    ) async throws(Fault) -> [UInt8] {
        let words = version.split(separator: " ", maxSplits: 1)
        guard words.count == 2, let index = Int(words[0]), members.indices.contains(index) else {
            throw Fault(
                .objectMissing,
                "unable to read version '\(version)' of object '\(name)': no copy has it"
            )
        }
        return try await members[index].store.read(name, version: String(words[1]), range: range)
    }

    /// Asks the first copy that has an object for a readable copy of it; see ``ObjectStore/thaw(_:days:isUrgent:)``.
    ///
    /// - Throws: As ``ObjectStore/thaw(_:days:isUrgent:)``.
    public func thaw(
        _ name: ObjectName,
        days: Int,
        isUrgent: Bool
    ) async throws(Fault) -> ObjectThaw {
        var fault: Fault?
        for member in members {
            do throws(Fault) {
                return try await member.store.thaw(name, days: days, isUrgent: isUrgent)
            } catch  where error.code != .cancelled { fault = fault ?? error }
        }
        throw fault
            ?? Fault(.objectMissing, "unable to thaw object '\(name)': no copy has it")
    }

    /// The length of the older version that is read in place of an object; nil when the object itself is read.
    func olderLength(of name: ObjectName) -> Int64? {
        state.withLock { $0.older[name]?.bytes }
    }

    /// An older version of an object that is whole, in the best copy that has one.
    ///
    /// - Throws: `E-CANCELLED`.
    func findOlder(_ object: ObjectName) async throws(Fault) -> Older? {
        guard let name = VaultName(object) else { return nil }
        for (index, member) in members.enumerated() {
            do throws(Fault) {
                guard let found = try await member.olderVersion(of: name, in: member.store) else {
                    continue
                }
                let older = Older(
                    index: index,
                    version: found.id,
                    bytes: Int64(found.bytes.count)
                )
                state.withLock { $0.older[object] = older }
                return older
            } catch  where error.code != .cancelled { continue }
        }
        return nil
    }

    /// Notes that what was found to be wrong with an object was made good by an older version of the same copy.
    func markOlder(_ object: ObjectName, _ older: Older) {
        let address = members[older.index].store.address
        state.withLock { state in
            for place in state.findings.indices
            where state.findings[place].object == object && state.findings[place].copy == address {
                state.findings[place].hasOlder = true
            }
        }
    }

    /// Reads a part of an older version.
    func read(
        _ name: ObjectName,
        _ older: Older,
        _ range: Range<Int64>
    ) async throws(Fault) -> [UInt8] {
        let bytes = try await members[older.index].store.read(
            name,
            version: older.version,
            range: range
        )
        state.withLock { $0.served[older.index] += 1 }
        return bytes
    }
}
