public import Model

/// One thing that was examined.
public struct Examination: Sendable {
    /// What was found.
    public enum Verdict: String, Sendable, CaseIterable {
        /// It is as it should be.
        case ok
        /// It works, and something about it should be changed.
        case warning
        /// Something will not work, or is lost.
        case problem
    }

    /// What was examined: `keys`, `copy local`, `postgres`.
    public let subject: String
    /// What was found.
    public let verdict: Verdict
    /// What is so.
    public let fact: String
    /// What to do about it; nil when there is nothing to do.
    public let remedy: String?
    /// What it means for the exit code.
    public let exit: ExitCode

    static func ok(_ subject: String, _ fact: String) -> Examination {
        Examination(subject: subject, verdict: .ok, fact: fact, remedy: nil, exit: .success)
    }

    static func warning(_ subject: String, _ fact: String, _ remedy: String) -> Examination {
        Examination(
            subject: subject,
            verdict: .warning,
            fact: fact,
            remedy: remedy,
            exit: .objectiveMissed
        )
    }

    static func problem(
        _ subject: String,
        _ fact: String,
        _ remedy: String,
        _ exit: ExitCode
    ) -> Examination {
        Examination(subject: subject, verdict: .problem, fact: fact, remedy: remedy, exit: exit)
    }

    static func problem(_ subject: String, _ fault: Fault) -> Examination {
        Examination(
            subject: subject,
            verdict: .problem,
            fact: fault.message,
            remedy: fault.hints.first,
            exit: fault.code.exit
        )
    }
}
