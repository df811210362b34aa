internal import Model
internal import StackConfiguration
internal import SystemIO
internal import SystemPackage

/// Keeps a new recovery kit out of what it opens: it would lie in every backup otherwise.
struct KitPlacement {
    let kit: FilePath

    /// The configuration with the kit left out of the file trees that it lies in.
    ///
    /// The kit and the vault must not exist yet, the folder of the kit must.
    ///
    /// - Throws: `E-INIT-KIT` when it would lie where everything is taken as a secret, or is itself to be protected;
    ///   `E-IO-…`.
    func leavingOut(of configuration: StackConfiguration) throws(Fault) -> StackConfiguration {
        let place = try realPlace()
        var configuration = configuration
        for index in configuration.components.indices {
            let component = configuration.components[index]
            switch component.source {
            case .postgresql, .redis, .dumps: continue
            case .secrets(let secrets):
                for root in secrets.paths where Self.names(from: root, to: place) != nil {
                    throw refusal(root)
                }
            case .files(var files):
                for root in files.paths {
                    guard let names = Self.names(from: root, to: place) else { continue }
                    guard !names.isEmpty else { throw refusal(root) }
                    files.exclude.append(Self.pattern(names))
                }
                configuration.components[index].source = .files(files)
            case .configuration(var history):
                guard let names = Self.names(from: history.path, to: place) else { continue }
                guard !names.isEmpty else { throw refusal(history.path) }
                history.exclude.append(Self.pattern(names))
                configuration.components[index].source = .configuration(history)
            }
        }
        return configuration
    }

    private func realPlace() throws(Fault) -> FilePath {
        guard let name = kit.lastName else { throw .unable("write file", kit, .isDirectory) }
        return try FileSystem.resolved(kit.parent).appending(name)
    }

    /// The names that lead from a root to a place; nil when the place is not below it.
    private static func names(from root: String, to place: FilePath) -> [String]? {
        let root = FilePath(root)
        let real = (try? FileSystem.resolved(root)) ?? root.lexicallyNormalized()
        guard place.starts(with: real) else { return nil }
        return place.components.dropFirst(real.components.count).map(\.string)
    }

    /// The pattern that fits this path below a root and no other.
    private static func pattern(_ names: [String]) -> String {
        "/"
            + names.map { name in
                name.map { "*?[\\".contains($0) ? "\\\($0)" : "\($0)" }.joined()
            }
            .joined(separator: "/")
    }

    private func refusal(_ root: String) -> Fault {
        Fault(
            .kitInside,
            "unable to initialise: recovery kit '\(kit.displayed)' would be backed up with '\(root)'",
            hints: ["Name a place outside: --kit FILE"]
        )
    }
}
