/// What a ``TarReader`` found next.
public enum TarEvent: Sendable, Hashable {
    /// A member begins.
    case entry(TarEntry)
    /// The next bytes of the member's file.
    case bytes(ArraySlice<UInt8>)
    /// The member is complete.
    case endEntry
    /// The archive is complete.
    case end
}
