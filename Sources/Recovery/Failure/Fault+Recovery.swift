public import Model

extension Fault.Code {
    /// The keys of this host are not there, in part or at all.
    public static let keysMissing = Fault.Code("E-KEYS-MISSING", .permanent, exit: .wrongKey)
    /// A key file of this host does not hold what it should.
    public static let keysDamaged = Fault.Code("E-KEYS-DAMAGED", .permanent, exit: .wrongKey)
    /// What this host remembers of a vault cannot be read.
    public static let memoryDamaged = Fault.Code("E-MEMORY", .permanent, exit: .failed)
    /// Nothing that opens the data was named.
    public static let identityMissing = Fault.Code("E-KEY-NONE", .permanent, exit: .wrongKey)
    /// The configuration is of one environment, the vault or the kit of another.
    public static let environmentDiffers = Fault.Code("E-ENVIRONMENT", .permanent, exit: .refused)
    /// The configuration names other recipients than those that the host is enrolled with.
    public static let recipientsDiffer = Fault.Code("E-RECIPIENTS", .permanent, exit: .refused)
    /// Two copies hold different enrolments of one host under one number.
    public static let enrolmentsDiffer = Fault.Code(
        "E-ENROLMENTS-DIFFER",
        .permanent,
        exit: .wrongKey
    )
    /// Another environment has a recipient of this one.
    public static let recipientShared = Fault.Code("E-RECIPIENT-SHARED", .permanent, exit: .refused)
    /// The configuration protects another stack.
    public static let stackUnknown = Fault.Code("E-STACK-UNKNOWN", .permanent, exit: .usage)
    /// The configuration has no component of a name.
    public static let componentUnknown = Fault.Code("E-COMPONENT-UNKNOWN", .permanent, exit: .usage)
    /// The configuration has no copy of a name.
    public static let copyUnknown = Fault.Code("E-COPY-UNKNOWN", .permanent, exit: .usage)
    /// There is no other copy to take from.
    public static let copyAlone = Fault.Code("E-COPY-ALONE", .permanent, exit: .refused)
    /// A copy lacks what it should hold.
    public static let copyBehind = Fault.Code("E-COPY-BEHIND", .retry, exit: .incomplete)
    /// A copy cannot get what it should hold, since that is damaged where it would come from.
    public static let copyDamage = Fault.Code("E-COPY-DAMAGE", .corrupt, exit: .damaged)
    /// A text does not name a moment to go back to.
    public static let targetForm = Fault.Code("E-TARGET-FORM", .permanent, exit: .usage)
    /// What is asked for beside one named snapshot cannot come from it.
    public static let snapshotAlone = Fault.Code("E-SNAPSHOT-ALONE", .permanent, exit: .usage)
    /// What a restore needs is being thawed.
    public static let thawing = Fault.Code("E-THAWING", .retry, exit: .incomplete)
    /// What is restored would lie within a copy or the state folder.
    public static let ownPlace = Fault.Code("E-RESTORE-OWN", .permanent, exit: .refused)
    /// A moment to go back to lies in the future.
    public static let targetAhead = Fault.Code("E-TARGET-AHEAD", .permanent, exit: .refused)
    /// A secret that the configuration refers to is not there.
    public static let secretMissing = Fault.Code("E-SECRET-MISSING", .permanent, exit: .failed)
    /// A secret that the configuration refers to is no text.
    public static let secretForm = Fault.Code("E-SECRET-FORM", .permanent, exit: .failed)
    /// Something that `init` would make is there already.
    public static let alreadyThere = Fault.Code("E-INIT-EXISTS", .permanent, exit: .refused)
    /// A new recovery kit would lie in what it opens.
    public static let kitInside = Fault.Code("E-INIT-KIT", .permanent, exit: .refused)
    /// A text is no recovery kit.
    public static let kitForm = Fault.Code("E-KIT-FORM", .permanent, exit: .usage)
    /// No test showed that the recovery kit opens what is sealed now.
    public static let kitUnproven = Fault.Code("E-KIT-UNPROVEN", .permanent, exit: .objectiveMissed)
    /// A recovery kit would lie where others can read or replace it.
    public static let kitPlace = Fault.Code("E-KIT-PLACE", .permanent, exit: .refused)
    /// A passphrase is needed, and nobody can be asked.
    public static let passphraseMissing = Fault.Code(
        "E-PASSPHRASE-NONE",
        .permanent,
        exit: .wrongKey
    )
    /// A recovery kit is of another vault.
    public static let kitForeign = Fault.Code("E-KIT-FOREIGN", .permanent, exit: .wrongKey)
    /// The configuration asks for something that this version cannot do.
    public static let unsupported = Fault.Code("E-UNSUPPORTED", .permanent, exit: .usage)
}
