import Model

/// One thing that is wrong with a configuration, and where.
struct Problem {
    let code: Fault.Code
    let line: Int
    let column: Int
    let fact: String
    let hints: [String]

    /// The problem as a fault of its own.
    func fault(file: String) -> Fault {
        Fault(
            code,
            "unable to read configuration '\(file):\(line):\(column)': \(fact)",
            hints: hints
        )
    }

    /// The problem as one line of many.
    func line(file: String) -> String {
        (["\(file):\(line):\(column): \(fact) (\(code.id))."] + hints).joined(separator: " ")
    }

    /// One fault for all that is wrong, in the order of the file; nil when nothing is.
    static func fault(for problems: [Problem], file: String) -> Fault? {
        guard problems.count != 1 else { return problems[0].fault(file: file) }
        guard !problems.isEmpty else { return nil }
        let shown = problems.sorted { ($0.line, $0.column) < ($1.line, $1.column) }.prefix(50)
        let rest = problems.count - shown.count
        return Fault(
            .configurationInvalid,
            "unable to read configuration '\(file)': \(problems.count) problems",
            hints: shown.map { $0.line(file: file) }
                + (rest > 0 ? ["\(rest) more are not shown."] : [])
        )
    }
}
