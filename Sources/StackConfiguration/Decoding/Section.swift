/// A mapping that was examined: it has the required keys and no unknown ones.
struct Section: Sendable {
    var values: [String: Value] = [:]

    /// The value of an optional key of scalar form.
    func text(_ key: String) -> String? {
        if case .scalar(let text) = values[key] { text } else { nil }
    }

    /// The value of a required key of scalar form.
    func required(_ key: String) -> String {
        guard let text = text(key) else {
            preconditionFailure("an examined section holds its required key \(key)")
        }
        return text
    }

    /// The values of a key of list form; empty when it is left out.
    func list(_ key: String) -> [String] {
        if case .list(let texts) = values[key] { texts } else { [] }
    }

    /// The mapping of a key; empty when it is left out.
    func section(_ key: String) -> Section {
        if case .section(let section) = values[key] { section } else { Section() }
    }

    /// The mappings of a key.
    func sections(_ key: String) -> [(name: String, section: Section)] {
        if case .sections(let sections) = values[key] { sections } else { [] }
    }

    /// The reference of a key of secret form.
    func secret(_ key: String) -> SecretReference? {
        guard case .section(let section) = values[key] else { return nil }
        if let path = section.text("file") { return .file(path) }
        if let name = section.text("env") { return .environment(name) }
        if let name = section.text("credential") { return .credential(name) }
        return .command(section.list("exec"))
    }
}
