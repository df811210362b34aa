import StackConfiguration

/// Parts of a proposal, by name.
extension ComposeProposal {
    func source(_ name: String) -> ComponentConfiguration.Source? {
        components.first { $0.name == name }?.source
    }

    func postgres(_ name: String) -> PostgresConfiguration? {
        if case .postgresql(let source)? = source(name) { source } else { nil }
    }

    func redis(_ name: String) -> RedisConfiguration? {
        if case .redis(let source)? = source(name) { source } else { nil }
    }

    func files(_ name: String) -> FilesConfiguration? {
        if case .files(let source)? = source(name) { source } else { nil }
    }

    func history(_ name: String) -> HistoryConfiguration? {
        if case .configuration(let source)? = source(name) { source } else { nil }
    }

    var secrets: [String]? {
        for component in components {
            if case .secrets(let source) = component.source { return source.paths }
        }
        return nil
    }

    func says(_ subject: String, _ fact: String) -> Bool {
        (unprotected + advice).contains { $0.subject == subject && $0.fact.contains(fact) }
    }
}
