extension Fault {
    /// What a caller may do about a fault.
    public enum Disposition: Sendable {
        /// The same attempt may work later.
        case retry
        /// The same attempt will fail again until somebody changes something.
        case permanent
        /// Stored or received data is not what it claims to be.
        case corrupt
    }

    /// A stable name for a kind of fault, with what it means for the caller and for the exit code.
    public struct Code: Sendable, Hashable {
        /// The stable id, `E-<AREA>-<WHAT>`.
        public let id: String
        /// What a caller may do about it.
        public let disposition: Disposition
        /// How the program ends when nothing handles it.
        public let exit: ExitCode

        /// Declares a code; targets do so in extensions, as static properties.
        public init(_ id: String, _ disposition: Disposition, exit: ExitCode) {
            self.id = id
            self.disposition = disposition
            self.exit = exit
        }

        /// Codes are equal when their ids are.
        public static func == (left: Code, right: Code) -> Bool { left.id == right.id }

        /// Hashes the id.
        public func hash(into hasher: inout Hasher) { hasher.combine(id) }
    }
}

extension Fault.Code {
    /// The work was cancelled from outside.
    public static let cancelled = Fault.Code("E-CANCELLED", .retry, exit: .interrupted)
    /// A value that a person or a program gave is not valid.
    public static let invalidValue = Fault.Code("E-VALUE", .permanent, exit: .usage)
}
