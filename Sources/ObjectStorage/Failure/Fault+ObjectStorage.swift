public import Model
import SystemIO
import SystemPackage

extension Fault.Code {
    /// There is no object of a name.
    public static let objectMissing = Fault.Code("E-STORE-MISSING", .permanent, exit: .damaged)
    /// An object of that name holds other bytes, and objects are never replaced.
    public static let objectExists = Fault.Code("E-STORE-EXISTS", .permanent, exit: .damaged)
    /// An object is larger than its reader allows.
    public static let objectTooLarge = Fault.Code("E-STORE-LARGE", .corrupt, exit: .damaged)
    /// The store cannot be reached, or its disk fails.
    public static let storeUnreachable = Fault.Code("E-STORE-IO", .retry, exit: .copyUnreachable)
    /// The store has no room left.
    public static let storeFull = Fault.Code("E-STORE-FULL", .retry, exit: .copyUnreachable)
    /// The store refuses access.
    public static let storeDenied = Fault.Code("E-STORE-DENIED", .permanent, exit: .copyUnreachable)
    /// The place that should hold a store does not exist.
    public static let storeMissing = Fault.Code("E-STORE-NOROOT", .permanent, exit: .noVault)
    /// An object is protected from deletion until some time: it is kept.
    public static let objectLocked = Fault.Code("E-STORE-LOCKED", .permanent, exit: .refused)
    /// The store has no way to protect objects from deletion.
    public static let storeHasNoLocks = Fault.Code("E-STORE-NOLOCK", .permanent, exit: .refused)
    /// An object lies in cold storage, and must be thawed before it can be read.
    public static let objectArchived = Fault.Code(
        "E-STORE-ARCHIVED",
        .permanent,
        exit: .copyUnreachable
    )
    /// There are no credentials for a store, or it does not accept them.
    public static let storeCredentials = Fault.Code(
        "E-STORE-CREDENTIALS",
        .permanent,
        exit: .copyUnreachable
    )
    /// A bucket lies in another region than its requests are signed for.
    public static let storeRegion = Fault.Code(
        "E-STORE-REGION",
        .permanent,
        exit: .copyUnreachable
    )
    /// The clock of this host and that of the store are too far apart.
    public static let storeClock = Fault.Code("E-STORE-CLOCK", .permanent, exit: .copyUnreachable)
}

extension Fault {
    /// A fault of the file system as a fault of the store that lives there; a fault of the store stays as it is.
    static func store(_ what: String, _ name: String, in address: String, _ fault: Fault) -> Fault {
        guard let error = fault.systemError, !fault.code.id.hasPrefix("E-STORE-") else {
            return fault
        }
        let message = "unable to \(what) '\(name)' in '\(address)': \(error.words)"
        switch error {
        case .noSuchFileOrDirectory:
            return Fault(
                .objectMissing,
                "unable to \(what) '\(name)' in '\(address)': it is not there",
                cause: error
            )
        case .noSpace, .diskQuotaExceeded, .fileTooLarge:
            return Fault(
                .storeFull,
                message,
                hints: ["Free some space there (see df -h and df -i), then try again."],
                cause: error
            )
        case .permissionDenied, .notPermitted, .readOnlyFileSystem:
            return Fault(
                .storeDenied,
                message,
                hints: ["Let this user write there, or mount it read-write."],
                cause: error
            )
        default:
            return Fault(.storeUnreachable, message, cause: error)
        }
    }
}
