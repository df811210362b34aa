public import Model

extension StackConfiguration {
    /// What decoding gives: the configuration, and what its author should know.
    public struct Decoded: Sendable {
        /// The configuration.
        public let configuration: StackConfiguration
        /// The variables that the file asks for without a default and that are not set; they count as empty.
        public let unsetVariables: [String]
    }

    /// Reads the text of a `lifeboat.yaml`.
    ///
    /// Nothing outside the arguments is looked at: no file, no variable, no server. After success the value is
    /// complete (see the type); after failure everything that is wrong is named at once.
    ///
    /// - Parameters:
    ///   - text: The text, at most 1 MiB.
    ///   - file: What messages call the file.
    ///   - environment: The variables for interpolation (see `Docs/operations`).
    ///   - machine: The label of this machine, for configurations that name no `host`; see ``label(ofHostNamed:)``.
    /// - Returns: The configuration, and the variables that are not set.
    /// - Throws: A fault with one of the `E-CONFIG-…` codes and `<file>:<line>:<column>` in its message, or
    ///   `E-CONFIG-INVALID` with such a line for each problem in its hints. No value of a secret is in it.
    public static func decode(
        _ text: String,
        file: String,
        environment: [String: String],
        machine: String
    ) throws(Fault) -> Decoded {
        precondition(StreamName.isLabel(machine), "the caller turns the host name into a label")
        let root =
            switch Composer.compose(text) {
            case .success(let root): root
            case .failure(let failure): throw failure.problem.fault(file: file)
            }
        var examiner = Examiner(environment: environment)
        let section = examiner.section(root, keys: Grammar.stack, at: "")
        examiner.crossCheck(section, root)
        if let fault = Problem.fault(for: examiner.problems, file: file) { throw fault }
        return Decoded(
            configuration: StackConfiguration(section, machine: machine),
            unsetVariables: examiner.unset
        )
    }
}
