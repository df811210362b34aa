internal import Model
internal import StackConfiguration

extension StackRestore {
    /// Refuses single paths and removals of what has no files of a person, and deltas of what cannot take anything over.
    func refuseRenewal(_ selection: [ComponentConfiguration]) throws(Fault) {
        let wishes = [
            options.isDelta ? "a delta" : nil, options.deletes ? "removals" : nil,
            options.paths.isEmpty ? nil : "single paths",
        ].compactMap { $0 }
        guard let wish = wishes.first else { return }
        let name = stack.configuration.stack
        if selection.count == 1, !options.bringsHistory {
            switch selection[0].source {
            case .files, .configuration: return
            case .postgresql where wishes == ["a delta"]:
                return try requireCluster(selection, for: wish, mayStayThere: stopsServices)
            default: break
            }
        }
        throw Fault(
            .invalidValue,
            "unable to restore '\(name)' with \(wish): that takes one component of files or of configuration",
            hints: ["Name it: \(name)/COMPONENT"]
        )
    }

    /// A history is that of one configuration.
    func requireHistory(_ selection: [ComponentConfiguration]) throws(Fault) {
        if selection.count == 1, case .configuration = selection[0].source { return }
        let name = stack.configuration.stack
        throw Fault(
            .invalidValue,
            "unable to restore the history of '\(name)': that takes one component of kind configuration",
            hints: ["Name it: \(name)/COMPONENT --history --to DIR.git"]
        )
    }
}
