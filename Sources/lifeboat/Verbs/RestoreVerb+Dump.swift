import Model
import Recovery

extension RestoreVerb {
    /// Whether one file is written to standard output instead of a restore.
    var isDump: Bool {
        to == "stdout" && !path.isEmpty && thing.table == nil && thing.database == nil
    }

    /// Writes one file of a snapshot to standard output; asks nothing, since it changes nothing.
    ///
    /// - Throws: `E-USAGE` when it is not one file of one component, and as ``ComponentContents`` does.
    func dump(_ screen: Screen) async throws(Fault) -> Model.ExitCode {
        guard about.names.count == 1, let name = about.names.first, path.count == 1,
            let file = path.first, !delta, !delete, !history, !global.json
        else {
            throw Fault(
                .usage,
                "unable to write to standard output: that takes one component, one --path and no other flag that changes something",
                hints: ["Write it like: lifeboat restore STACK/COMPONENT --path FILE --to stdout"]
            )
        }
        let stack = try ConfigurationFile.stack(global, subject: about.stack, screen)
        let ring = try await identities.keyRing(stack, screen)
        let contents = try await ComponentContents(
            stack,
            name,
            copy: from,
            identities: try ring.required(to: "read a file"),
            expecting: ring.vault
        )
        let point = try PointText(at)
        let tree = try await contents.tree(at: point.target, named: point.snapshot)
        try await ComponentContents.dump(file, of: tree, isSealed: sealed)
        return .success
    }
}
