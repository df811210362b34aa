internal import ObjectStorage

/// A piece of log, or a history, as the object that every copy stores: sealed and signed once.
public struct SealedLog: Sendable {
    let name: ObjectName
    let object: [UInt8]

    /// The length of the object.
    public var bytes: Int { object.count }
}
