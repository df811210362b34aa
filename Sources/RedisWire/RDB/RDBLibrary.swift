/// A library of functions, taken out of an RDB.
public struct RDBLibrary: Sendable, Hashable {
    /// The opcode and the code, as the RDB writes them.
    public let record: [UInt8]

    package init(record: [UInt8]) { self.record = record }

    /// What `FUNCTION RESTORE` takes: the record, the version of the RDB that it is from, and a checksum.
    public func payload(version: Int) -> [UInt8] { RDBPayload.sealed(record, version: version) }
}
