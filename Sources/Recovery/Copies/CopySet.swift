internal import Model

/// The copies of a stack as they were found, in the order of the configuration.
struct CopySet: Sendable {
    /// Those that are there.
    var open: [OpenCopy] = []
    /// Those that could not be opened.
    var absent: [AbsentCopy] = []

    /// The same set, refusing one in which nothing is there.
    ///
    /// - Throws: why the first could not be opened, with what is wrong with the others as hints.
    func required() throws(Fault) -> CopySet {
        guard open.isEmpty, let first = absent.first else { return self }
        throw absent.dropFirst().reduce(first.fault) {
            $0.adding(hint: "Also: \($1.fault.message).")
        }
    }

    /// The copies of some names; all when no name is given.
    func only(_ names: [String]) -> CopySet {
        guard !names.isEmpty else { return self }
        return CopySet(
            open: open.filter { names.contains($0.name) },
            absent: absent.filter { names.contains($0.name) }
        )
    }
}
