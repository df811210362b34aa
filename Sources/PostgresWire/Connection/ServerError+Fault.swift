import Model

extension ServerError {
    /// The fault for an error met while doing something ("unable to read …"), without any slot at
    /// hand.
    func fault(_ attempt: String) -> Fault {
        Fault(code, "\(attempt): \(fact)", hints: hints, cause: self)
    }

    /// The fault for an error met while working with a replication slot.
    func slotFault(_ attempt: String, slot: String) -> Fault {
        let advice: [String]
        switch sqlState {
        case "55006":
            advice = ["Another receiver uses the slot: stop it, or choose another slot name."]
        case "42704":
            advice = ["Create it: SELECT pg_create_physical_replication_slot('\(slot)', true);"]
        case "42710":
            advice = ["A slot of this name exists; choose another name or drop it."]
        case "0A000":
            advice = [
                "The slot is one of logical replication: give Lifeboat one of its own, `wal: {slot: NAME}`."
            ]
        case "53400":
            advice = ["Raise max_replication_slots, or drop a slot that nobody uses."]
        case "55000", "58P01":
            advice = [
                "The WAL that the slot needs is gone: drop the slot, take a new base backup, and raise"
                    + " max_slot_wal_keep_size so that it does not happen again."
            ]
        default: return fault(attempt)
        }
        return Fault(.postgresSlot, "\(attempt): \(fact)", hints: advice, cause: self)
    }

    private var code: Fault.Code {
        switch sqlState {
        case "": .postgresUnreachable
        case "42501": .postgresRole
        case "53300", "57P01", "57P02", "57P03": .postgresUnreachable
        case let state where state.hasPrefix("08"): .postgresUnreachable
        default: .postgresQuery
        }
    }

    private var hints: [String] {
        switch sqlState {
        case "42501":
            ["Let an administrator grant the privilege to the role that Lifeboat uses."]
        case "53300":
            ["Raise max_connections or max_wal_senders, or close connections."]
        default: hint.isEmpty ? [] : [hint]
        }
    }

    /// The first line of the message, with the SQLSTATE.
    var fact: String {
        let line = message.split(separator: "\n").first.map { String($0) } ?? "the connection broke"
        return sqlState.isEmpty ? line : "\(line) (SQLSTATE \(sqlState))"
    }
}
