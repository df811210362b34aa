public import Model

extension Fault.Code {
    /// No identity at hand opens an envelope.
    public static let wrongKey = Fault.Code("E-KEY-WRONG", .permanent, exit: .wrongKey)
    /// A text is not an age recipient or identity.
    public static let invalidKey = Fault.Code("E-KEY-FORM", .permanent, exit: .usage)
    /// A passphrase takes more memory or time to check than is spent on it.
    public static let keyWork = Fault.Code("E-KEY-WORK", .permanent, exit: .refused)
    /// Sealed bytes fail their authentication or are not in their format.
    public static let sealBroken = Fault.Code("E-SEAL-BROKEN", .corrupt, exit: .damaged)
    /// The compression library failed or did not give back what it was given.
    public static let compression = Fault.Code("E-SEAL-CODEC", .permanent, exit: .failed)
}
