internal import Model
internal import Sealing
internal import StackConfiguration
internal import Vault

extension Stack {
    /// Why nothing must be written now: the configuration names other recipients than those that the operator's key vouched for; nil when
    /// they are the same, in whatever order, and while the host is not enrolled.
    ///
    /// Packs are sealed to the enrolled ones. A recipient that somebody added would open nothing, and one that somebody took out
    /// would go on opening everything.
    func recipientsFault(_ vault: Vault) -> Fault? {
        guard let enrolment = vault.enrolment(of: configuration.host) else { return nil }
        let enrolled = Set(enrolment.recipients.map(\.text))
        let wanted = Set(configuration.keys.recipients.map { $0.lowercased() })
        guard enrolled != wanted else { return nil }
        return Fault(
            .recipientsDiffer,
            "unable to seal to `keys.recipients`: host '\(configuration.host)' is enrolled with others",
            hints: [
                "Let the operator's key vouch for the new ones: lifeboat key enrol --kit FILE --keep-keys",
                "Or write the enrolled ones again.",
                "The configuration names \(wanted.sorted().joined(separator: ", ")).",
                "Enrolled are \(enrolled.sorted().joined(separator: ", ")).",
            ]
        )
    }

    /// That a host was enrolled in two copies, neither of which knew of the other: under one number they hold different
    /// documents, and only one of its keys writes to each.
    func rivalFaults(_ vault: Vault) -> [Fault] {
        vault.rivalHosts.map { host in
            Fault(
                .enrolmentsDiffer,
                "unable to tell which keys of host '\(host)' are its newest: its copies hold two enrolments of one number",
                hints: [
                    "Enrol it once more while all copies are there, on '\(host)': lifeboat key enrol --kit FILE"
                ]
            )
        }
    }

    /// Refuses recipients that are not enrolled or that another environment has too, and remembers those in force.
    ///
    /// - Throws: `E-RECIPIENTS` when the configuration names other recipients than the enrolled ones, `E-RECIPIENT-SHARED`,
    ///   `E-IO-…`.
    func requireEnrolledRecipients(_ vault: Vault) throws(Fault) {
        if let fault = recipientsFault(vault) { throw fault }
        let memory = RecipientMemory(configuration)
        if let fault = memory.fault() { throw fault }
        try memory.keep(vault)
    }
}
