public import Model

/// A place for immutable objects with names: a directory, an S3 bucket.
///
/// What one call stored, every later call sees. Objects are never replaced. All calls may be used from several tasks
/// at once; those of a store on a disk block their thread.
public protocol ObjectStore: Sendable {
    /// Where it is, for messages; no secret in it.
    var address: String { get }

    /// Stores an object, durably when this returns: whole or not at all.
    ///
    /// An object of that name with the same bytes is success. After a failure the object may be there, whole, or not.
    /// Of writers of different bytes at the same moment one wins; on S3 servers without conditional requests the
    /// others may not be told.
    ///
    /// - Throws: `E-STORE-EXISTS` when it holds other bytes, `E-STORE-FULL`, `E-STORE-DENIED`, `E-STORE-IO`,
    ///   `E-STORE-NOROOT`.
    func put(_ name: ObjectName, _ bytes: [UInt8]) async throws(Fault)

    /// Reads a whole object of at most `limit` bytes.
    ///
    /// - Throws: `E-STORE-MISSING`, `E-STORE-LARGE`, `E-STORE-IO`, `E-STORE-DENIED`, `E-STORE-NOROOT`.
    func get(_ name: ObjectName, limit: Int) async throws(Fault) -> [UInt8]

    /// Reads a part of an object, cut to what the object has; so what lies past its end is empty.
    ///
    /// - Throws: `E-STORE-MISSING`, `E-STORE-IO`, `E-STORE-DENIED`, `E-STORE-NOROOT`.
    func read(_ name: ObjectName, range: Range<Int64>) async throws(Fault) -> [UInt8]

    /// What is known about an object; nil when there is none.
    ///
    /// - Throws: `E-STORE-IO`, `E-STORE-DENIED`, `E-STORE-NOROOT`.
    func status(_ name: ObjectName) async throws(Fault) -> ObjectInfo?

    /// Reports every object below a prefix, each once, ordered by ``ObjectName``.
    ///
    /// The prefix is empty or whole labels, such as `packs/`. Objects stored or removed meanwhile may or may not be
    /// reported; all others are. When it throws, what was reported is true but not all.
    ///
    /// - Throws: What `body` throws; `E-VALUE` for a prefix that is none, `E-STORE-IO`, `E-STORE-DENIED`, `E-STORE-NOROOT`.
    func list(
        _ prefix: String,
        _ body: (ObjectInfo) throws(Fault) -> Void
    ) async throws(Fault)

    /// Reports what lies between the objects and is none, so that a check can name it; nothing of it is ever opened.
    ///
    /// Temporary files of uploads are not reported. A store that can hold nothing but objects reports nothing, which is
    /// what happens without an implementation; a decorator passes the call on.
    ///
    /// - Throws: What `body` throws; `E-STORE-IO`, `E-STORE-DENIED`, `E-STORE-NOROOT`.
    func listOddities(_ body: (StoreOddity) throws(Fault) -> Void) async throws(Fault)

    /// Removes an object, durably when this returns; that there is none is success.
    ///
    /// - Throws: `E-STORE-LOCKED` when it is protected from deletion and so stays as it was; `E-STORE-IO`,
    ///   `E-STORE-DENIED`, `E-STORE-NOROOT`.
    func remove(_ name: ObjectName) async throws(Fault)

    /// Protects an object from deletion until some time at least; a protection that lasts longer stays.
    ///
    /// - Throws: `E-STORE-NOLOCK` when the store has no such protection; `E-STORE-MISSING`, `E-STORE-IO`,
    ///   `E-STORE-DENIED`, `E-STORE-NOROOT`.
    func keep(_ name: ObjectName, until time: Instant) async throws(Fault)

    /// The contents that an object has had and the store still has, the current one first; none where it keeps none.
    ///
    /// - Throws: `E-STORE-IO`, `E-STORE-DENIED`, `E-STORE-NOROOT`.
    func versions(of name: ObjectName) async throws(Fault) -> [ObjectVersion]

    /// Reads a part of one version of an object, as ``read(_:range:)``.
    ///
    /// - Throws: As ``read(_:range:)``.
    func read(
        _ name: ObjectName,
        version: String,
        range: Range<Int64>
    ) async throws(Fault) -> [UInt8]

    /// Reports every object that was deleted and of which the store still has versions, each once.
    ///
    /// - Throws: What `body` throws; `E-STORE-IO`, `E-STORE-DENIED`, `E-STORE-NOROOT`.
    func listDeleted(_ body: (ObjectName) throws(Fault) -> Void) async throws(Fault)

    /// Takes back the deletion of an object of which the store still has versions: the newest is the current one again.
    ///
    /// - Returns: Whether there was a deletion to take back.
    /// - Throws: `E-STORE-IO`, `E-STORE-DENIED`, `E-STORE-NOROOT`.
    func undelete(_ name: ObjectName) async throws(Fault) -> Bool

    /// Puts bytes in the place of an object that is not what it should be.
    ///
    /// The only call that replaces: for bytes that are proven and nothing else. Where the store keeps versions, what was there
    /// becomes an older one. After a failure the name holds what it held, or the new bytes.
    ///
    /// - Throws: As ``put(_:_:)``, but for `E-STORE-EXISTS`.
    func supersede(_ name: ObjectName, with bytes: [UInt8]) async throws(Fault)

    /// Asks for a readable copy of an object that lies in cold storage, and tells how far it is.
    ///
    /// - Parameters:
    ///   - name: The object.
    ///   - days: How long the copy should be there; at least one day.
    ///   - isUrgent: Whether to pay for hours instead of waiting for up to two days.
    /// - Returns: How far it is.
    /// - Throws: `E-STORE-MISSING`, `E-STORE-IO`, `E-STORE-DENIED`, `E-STORE-NOROOT`.
    func thaw(_ name: ObjectName, days: Int, isUrgent: Bool) async throws(Fault) -> ObjectThaw

    /// Removes what interrupted calls of ``put(_:_:)`` left and nobody has touched for some time; tells how many they were.
    ///
    /// - Throws: `E-STORE-IO`, `E-STORE-DENIED`, `E-STORE-NOROOT`.
    func removeLeftovers(olderThan age: Duration) async throws(Fault) -> Int
}
