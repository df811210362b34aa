public import Model

/// What was examined, and what was found.
public struct DoctorReport: Sendable {
    /// The examinations, in the order in which they were made.
    public let examinations: [Examination]

    /// The first problem's exit code; 4 when there are only warnings, else 0.
    public var exit: ExitCode {
        let problem = examinations.first { $0.verdict == .problem }
        return problem?.exit
            ?? (examinations.contains { $0.verdict == .warning } ? .objectiveMissed : .success)
    }
}
