public import Model
internal import ObjectStorage
public import StackConfiguration
internal import Vault

/// A configured copy that could not be opened.
public struct AbsentCopy: Sendable {
    /// What the configuration says of it.
    public let configuration: CopyConfiguration
    /// Why it could not.
    public let fault: Fault

    /// Its name.
    public var name: String { configuration.name }

    /// The same copy, another one being there that holds the vault: an empty place is filled from that, and no new vault made.
    var besideAnother: AbsentCopy {
        guard [.noVault, .storeMissing].contains(fault.code) else { return self }
        var hints = fault.code == .noVault ? [] : fault.hints
        if case .bucket = configuration.address, fault.code == .noVault {
            hints.append(
                "Where the bucket keeps versions, what was deleted comes back: lifeboat check --repair"
            )
        }
        hints.append(
            "If its place is empty and shall become a copy: lifeboat copy --to \(configuration.name)"
        )
        return AbsentCopy(
            configuration: configuration,
            fault: Fault(fault.code, fault.message, hints: hints, cause: fault.cause)
        )
    }

    /// Whether it is there and not what it should be, rather than not there.
    public var isDamaged: Bool { fault.code.disposition == .corrupt }

    /// Whether another vault is in its place.
    private var isForeign: Bool { fault.code == .copyForeign }

    /// Whether it may well be away: the configuration says that it is there only now and then.
    public var isExpected: Bool { configuration.isOffline && !isDamaged && !isForeign }

    /// What it means for the exit code of a check: 5 when what it held is damaged or replaced, else 13.
    public var exit: ExitCode { isDamaged || isForeign ? .damaged : .copyUnreachable }
}
