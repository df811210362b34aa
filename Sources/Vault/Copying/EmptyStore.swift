internal import Model
internal import ObjectStorage

/// A store that holds nothing and takes nothing: what a copy that is not there yet is compared with.
struct EmptyStore: ObjectStore {
    let address = "nowhere"

    func put(_ name: ObjectName, _ bytes: [UInt8]) async throws(Fault) { throw refusal(name) }

    func get(_ name: ObjectName, limit: Int) async throws(Fault) -> [UInt8] { throw missing(name) }

    func read(_ name: ObjectName, range: Range<Int64>) async throws(Fault) -> [UInt8] {
        throw missing(name)
    }

    func status(_ name: ObjectName) async throws(Fault) -> ObjectInfo? { nil }

    func list(
        _ prefix: String,
        _ body: (ObjectInfo) throws(Fault) -> Void
    ) async throws(Fault) {}

    func remove(_ name: ObjectName) async throws(Fault) { throw refusal(name) }

    func supersede(_ name: ObjectName, with bytes: [UInt8]) async throws(Fault) {
        throw refusal(name)
    }

    private func missing(_ name: ObjectName) -> Fault {
        Fault(.objectMissing, "unable to read object '\(name)': it is not there yet")
    }

    private func refusal(_ name: ObjectName) -> Fault {
        Fault(.storeDenied, "unable to store object '\(name)': nothing is written here")
    }
}
