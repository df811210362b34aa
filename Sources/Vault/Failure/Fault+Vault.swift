public import Model
internal import ObjectStorage

extension Fault.Code {
    /// There is no vault at the address.
    public static let noVault = Fault.Code("E-VAULT-NONE", .permanent, exit: .noVault)
    /// There is a vault at the address, and its `format.json` is gone.
    public static let formatLost = Fault.Code("E-VAULT-FORMAT-LOST", .corrupt, exit: .damaged)
    /// A snapshot that this host stored or saw is gone, and nothing says why.
    public static let rolledBack = Fault.Code("E-VAULT-ROLLBACK", .corrupt, exit: .damaged)
    /// A vault is already there.
    public static let vaultExists = Fault.Code("E-VAULT-EXISTS", .permanent, exit: .refused)
    /// The vault needs a program that knows more.
    public static let unknownFormat = Fault.Code("E-VAULT-FORMAT", .permanent, exit: .refused)
    /// An object is not what the operator's key, or that of a host which it vouches for, signed: it is forged or damaged.
    public static let untrusted = Fault.Code("E-VAULT-TRUST", .corrupt, exit: .damaged)
    /// An object of this vault stands under a name that is not its own: somebody copied it there.
    public static let misplaced = Fault.Code("E-VAULT-MISPLACED", .corrupt, exit: .damaged)
    /// Somebody wants to act as the operator with a key that is not this vault's.
    public static let notOperator = Fault.Code("E-KEY-OPERATOR", .permanent, exit: .wrongKey)
    /// The operator's key does not vouch for the key that a host writes with.
    public static let notEnrolled = Fault.Code("E-KEYS-NOT-ENROLLED", .permanent, exit: .wrongKey)
    /// A key that the operator revoked signed an object.
    public static let revoked = Fault.Code("E-VAULT-REVOKED", .corrupt, exit: .damaged)
    /// The operator revoked the key that a host writes with.
    public static let keyRevoked = Fault.Code("E-KEYS-REVOKED", .permanent, exit: .wrongKey)
    /// There is no number left that a name has room for.
    public static let numbersUsedUp = Fault.Code("E-NUMBERS-USED-UP", .permanent, exit: .damaged)
    /// No host of a name is enrolled.
    public static let hostUnknown = Fault.Code("E-HOST-UNKNOWN", .permanent, exit: .usage)
    /// An object of the vault is damaged.
    public static let damaged = Fault.Code("E-VAULT-DAMAGED", .corrupt, exit: .damaged)
    /// An object that a head names is not there.
    public static let missingObject = Fault.Code("E-VAULT-MISSING", .corrupt, exit: .damaged)
    /// There is no such snapshot.
    public static let noSnapshot = Fault.Code("E-SNAPSHOT-NONE", .permanent, exit: .refused)
    /// Another process of this host writes the stream.
    public static let streamBusy = Fault.Code("E-STREAM-BUSY", .retry, exit: .refused)
    /// The log does not reach from one position to another without a gap.
    public static let logGap = Fault.Code("E-LOG-GAP", .permanent, exit: .refused)
    /// The stream holds the log of another source.
    public static let logSource = Fault.Code("E-LOG-SOURCE", .permanent, exit: .refused)
    /// A place that should be, or become, a copy of a vault holds something else, another vault for one.
    public static let copyForeign = Fault.Code("E-COPY-FOREIGN", .permanent, exit: .refused)
    /// No copy holds an object whole.
    public static let nowhereWhole = Fault.Code("E-COPY-NONE-WHOLE", .corrupt, exit: .damaged)
    /// Something that a session stored was no longer there when it wanted to commit.
    public static let vanished = Fault.Code("E-VAULT-VANISHED", .retry, exit: .failed)
    /// Something that a session builds on is about to be deleted.
    public static let doomed = Fault.Code("E-VAULT-DOOMED", .retry, exit: .failed)
    /// The locks of what snapshots need could not be prolonged in a copy with Object Lock.
    public static let lockShort = Fault.Code("E-LOCK-SHORT", .retry, exit: .incomplete)
    /// A host does not hold a snapshot that it wants to release.
    public static let notHeld = Fault.Code("E-HOLD-NONE", .permanent, exit: .usage)
    /// A listing does not show what is there, so that nothing may be deleted on account of it.
    public static let listingShort = Fault.Code("E-GC-LISTING", .retry, exit: .refused)
    /// Snapshots that were here are gone, and nothing says that they were given up.
    public static let headsVanished = Fault.Code("E-GC-VANISHED", .permanent, exit: .damaged)
    /// A snapshot, hold or tombstone cannot be read, so that it is not known what it needs.
    public static let headUnreadable = Fault.Code("E-GC-UNREADABLE", .permanent, exit: .damaged)
}

extension Fault {
    /// A damaged object, by name.
    static func damaged(_ object: String, _ fact: String, cause: (any Error)? = nil) -> Fault {
        Fault(
            .damaged,
            "unable to read object '\(object)': \(fact)",
            hints: ["Run `lifeboat check` to see everything that is damaged."],
            cause: cause
        )
    }

    /// An object that no enrolled key of its host signed.
    static func untrusted(_ object: String, host: String) -> Fault {
        Fault(
            .untrusted,
            "unable to trust object '\(object)': no enrolled key of '\(host)' signed it",
            hints: ["It is forged or damaged; it is never used."]
        )
    }

    /// An object that is another one of this vault once more, as it says itself.
    static func misplaced(_ object: ObjectName, own: VaultName) -> Fault {
        Fault(
            .misplaced,
            "unable to trust object '\(object)': it is '\(own.objectName)' under another name; it counts for"
                + " nothing, and can be deleted by hand",
            hints: ["Who reaches the storage can copy it there, without a key."],
            cause: Misplacement(own: own)
        )
    }

    /// The name that an object says which stands under another one; nil for any other fault.
    var own: VaultName? { (cause as? Misplacement)?.own }

    /// An object that a revoked key of its host signed, and that no revocation lists.
    static func revoked(_ object: String, host: String) -> Fault {
        Fault(
            .revoked,
            "unable to trust object '\(object)': a key of '\(host)' signed it that the operator revoked",
            hints: ["See which keys are revoked, and since when: lifeboat key list"]
        )
    }

    /// An object whose number is far beyond those before it.
    static func outOfPlace(_ object: String) -> Fault {
        Fault(
            .untrusted,
            "unable to trust object '\(object)': its number is more than \(NumberRow.largestJump) above those before it",
            hints: [
                "Somebody who has the host's key wants it to be the newest for ever: lifeboat key revoke"
            ]
        )
    }

    /// Somebody used up the numbers of a stream or folder.
    static func numbersUsedUp(in place: String) -> Fault {
        Fault(
            .numbersUsedUp,
            "unable to store anything in '\(place)': its numbers are used up",
            hints: [
                "Somebody who has a host's key used them up; say that it does not count any more: lifeboat key revoke"
            ]
        )
    }

    /// A person wants to do something in this vault with another operator's key.
    static func notOperator(to verb: String) -> Fault {
        Fault(
            .notOperator,
            "unable to \(verb): the key is not this vault's operator key",
            hints: [
                "Take the recovery kit of this vault: --kit FILE. `lifeboat key show` tells its id."
            ]
        )
    }

    /// A host wants to do something with a key that is revoked.
    static func revokedKey(of host: String, to verb: String) -> Fault {
        Fault(
            .keyRevoked,
            "unable to \(verb): the operator revoked its key",
            hints: ["Give host '\(host)' new keys: lifeboat key enrol --kit FILE"]
        )
    }

    /// A snapshot that this host stored or saw, and that is gone.
    public static func rolledBack(_ id: SnapshotID) -> Fault {
        Fault(
            .rolledBack,
            "unable to find snapshot \(id.seq) of '\(id.stream.component)' any more: this host stored or saw it as '\(id)', "
                + "and nothing says that it was forgotten",
            hints: [
                "Somebody deleted it, or put an older state of the vault in its place: compare with another copy.",
                "Look at the whole vault with `lifeboat check`; the next backup goes on with number \(id.seq + 1).",
            ]
        )
    }
}
