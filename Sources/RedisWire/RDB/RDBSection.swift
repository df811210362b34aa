/// A part of an RDB that can be edited by itself; it goes on to where the next begins.
///
/// ```
/// magic · record · record · key value · record(252) key value fieldExpiry value fieldExpiry … record(255)
/// ```
enum RDBSection: Sendable, Hashable {
    /// What the RDB begins with.
    case magic
    /// Anything but a key, by its opcode, the opcode included.
    case record(UInt8)
    /// The type byte and the key.
    case key(type: UInt8)
    /// A value, or what of it is not one of the following.
    case value
    /// A moment in 8 bytes: when a field expires, or the first field of a hash.
    case fieldExpiry
    /// A length: how long behind the first of its hash a field expires, plus one; 0 for never.
    case fieldDelay
    /// A string: a listpack of fields, values and moments.
    case fieldPack
}
