internal import Model
internal import StackConfiguration
internal import Vault

extension StackRestore {
    /// The one cluster out of which something comes back.
    ///
    /// - Throws: `E-VALUE` when there is none among the components, or several.
    func onlyCluster(
        _ selection: [ComponentConfiguration]
    ) throws(Fault) -> ComponentConfiguration {
        let clusters = selection.filter { $0.kind == .postgresql }
        if clusters.count == 1, let only = clusters.first { return only }
        let stack = stack.configuration.stack
        throw Fault(
            .invalidValue,
            clusters.isEmpty
                ? "unable to restore a table or a database of '\(stack)': there is no PostgreSQL among \(selection.map(\.name).joined(separator: ", "))"
                : "unable to restore a table or a database of '\(stack)': it has \(clusters.count) PostgreSQL clusters",
            hints: clusters.map { "Name one of them: \(stack)/\($0.name)" }
        )
    }
}
