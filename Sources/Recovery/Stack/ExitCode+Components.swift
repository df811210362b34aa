internal import Model

extension ExitCode {
    /// How a verb ends that worked on several components.
    ///
    /// | | |
    /// |---|---|
    /// | nothing failed | 0; the first finding's; 3 when `isIncomplete` |
    /// | everything failed | the first fault's |
    /// | something failed | 3; 5 when stored data is damaged, which must not be overlooked |
    static func of<Value>(_ endings: [ComponentEnding<Value>], isIncomplete: Bool) -> ExitCode {
        let exits = endings.compactMap(\.fault?.code.exit)
        let findings = endings.flatMap(\.findings).map(\.code.exit)
        guard let first = exits.first else {
            return findings.first ?? (isIncomplete ? .incomplete : .success)
        }
        guard exits.count < endings.count else { return first }
        return (exits + findings).contains(.damaged) ? .damaged : .incomplete
    }
}
