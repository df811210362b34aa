import Model
import Yams

/// Walks YAML nodes beside the grammar, replaces variables, and notes everything that is wrong.
struct Examiner {
    private var interpolation: Interpolation
    /// What is wrong, in the order it was met.
    private(set) var problems: [Problem] = []

    init(environment: [String: String]) {
        interpolation = Interpolation(environment: environment)
    }

    /// The variables that were asked for and are not set.
    var unset: [String] { interpolation.unset }

    /// The examined form of a mapping; keys that are wrong are missing from it.
    mutating func section(_ node: Node, keys: [Key], at path: String) -> Section {
        var section = Section()
        guard case .mapping(let mapping) = node else {
            wrongType(node, at: path, wanted: "a mapping")
            return section
        }
        var seen: Set<String> = []
        for (keyNode, valueNode) in mapping {
            guard let name = self.name(of: keyNode, in: path) else { continue }
            guard seen.insert(name).inserted else {
                duplicate(keyNode, name)
                continue
            }
            guard let key = keys.first(where: { $0.name == name }) else {
                unknown(keyNode, name, among: keys, in: path)
                continue
            }
            section.values[name] = value(valueNode, form: key.form, at: join(path, name))
        }
        for key in keys where key.isRequired && !seen.contains(key.name) {
            let place = path.isEmpty ? "" : " in '\(path)'"
            note(
                .configurationMissingKey,
                node,
                "key '\(key.name)' is missing\(place)",
                key.summary
            )
        }
        return section
    }

    private mutating func value(_ node: Node, form: Form, at path: String) -> Value? {
        switch form {
        case .scalar(let form): scalar(node, form, at: path).map(Value.scalar)
        case .list(let form, let filled): list(node, form, filled: filled, at: path)
        case .mapping(let keys): .section(section(node, keys: keys, at: path))
        case .copies(let keys): copies(node, keys, at: path)
        case .components(let kinds): components(node, kinds, at: path)
        case .services(let keys): services(node, keys, at: path)
        case .keep: keep(node, at: path)
        case .secret: secret(node, at: path)
        }
    }

    mutating func scalar(_ node: Node, _ form: ScalarForm, at path: String) -> String? {
        guard case .scalar(let scalar) = node, !Self.isNull(scalar) else {
            wrongType(node, at: path, wanted: "a value")
            return nil
        }
        guard let text = interpolated(scalar.string, node) else { return nil }
        guard let complaint = form.complaint(about: text) else { return text }
        // What a variable brought is not shown: it may be a secret that landed in the wrong place.
        let isShown = form.mayBeShown && text == scalar.string && text.utf8.count <= 100
        note(
            complaint.isSecret ? .configurationSecret : .configurationValue,
            node,
            "'\(path)' is \(isShown ? "'\(text)'" : "wrong"): \(complaint.fact)",
            complaint.hints
        )
        return nil
    }

    private mutating func list(
        _ node: Node,
        _ form: ScalarForm,
        filled: Bool,
        at path: String
    ) -> Value? {
        guard case .sequence(let sequence) = node else {
            wrongType(node, at: path, wanted: "a list")
            return nil
        }
        if filled, sequence.isEmpty {
            note(.configurationValue, node, "'\(path)' is an empty list", "Give at least one.")
        }
        var texts: [String] = []
        var names: [[[UInt8]]] = []
        for (index, item) in sequence.enumerated() {
            let place = "\(path)[\(index)]"
            guard let text = scalar(item, form, at: place) else { continue }
            if form == .path {
                names.append(Self.names(of: text))
                refuseOverlap(of: text, with: texts, names, item, at: place)
            }
            texts.append(text)
        }
        return .list(texts)
    }

    private static func names(of path: String) -> [[UInt8]] {
        path.utf8.split(separator: UInt8(ascii: "/")).map { Array($0) }.filter { $0 != [46] }
    }

    /// Two roots of which one holds the other would bring the same files twice; the last of the names are its own.
    private mutating func refuseOverlap(
        of text: String,
        with others: [String],
        _ names: [[[UInt8]]],
        _ node: Node,
        at place: String
    ) {
        guard let path = names.last else { return }
        let other = zip(others, names).first { $1.starts(with: path) || path.starts(with: $1) }?.0
        guard let other else { return }
        note(
            .configurationValue,
            node,
            "'\(place)' overlaps with another path: '\(text)' and '\(other)'",
            "Leave one of them out: what lies inside a folder belongs to it."
        )
    }

    private mutating func components(
        _ node: Node,
        _ kinds: [(kind: String, keys: [Key])],
        at path: String
    ) -> Value? {
        guard case .mapping(let mapping) = node else {
            wrongType(node, at: path, wanted: "a mapping")
            return nil
        }
        if mapping.isEmpty {
            note(.configurationValue, node, "'\(path)' is empty", "Name at least one component.")
        }
        var sections: [(String, Section)] = []
        for (keyNode, item) in mapping {
            guard let name = self.name(of: keyNode, in: path) else { continue }
            if let complaint = ScalarForm.label.complaint(about: name) {
                let fact = "component '\(name.prefix(100))': \(complaint.fact)"
                note(.configurationValue, keyNode, fact, complaint.hints)
            }
            if sections.contains(where: { $0.0 == name }) { duplicate(keyNode, name) }
            let place = join(path, name)
            guard let keys = keys(of: item, kinds, at: place) else { continue }
            let section = section(item, keys: keys, at: place)
            redisContradictions(section, item, at: place)
            sections.append((name, section))
        }
        refuseTaken(sections, node, at: path)
        return .sections(sections)
    }

    /// The dumps of a cluster are a component of a name that must be free.
    private mutating func refuseTaken(
        _ sections: [(String, Section)],
        _ node: Node,
        at path: String
    ) {
        for (name, section) in sections where section.values["logical"] != nil {
            let dumps = LogicalConfiguration.componentName(of: name)
            let complaint = ScalarForm.label.complaint(about: dumps)
            guard sections.contains(where: { $0.0 == dumps }) || complaint != nil else { continue }
            note(
                .configurationValue,
                node,
                "'\(path)' has no room for '\(dumps)', which `logical:` of '\(name)' makes",
                complaint?.hints ?? ["Give the component of that name another one."]
            )
        }
    }

    /// The keys that a component may have, by its `kind`; nil when that cannot be told.
    private mutating func keys(
        of node: Node,
        _ kinds: [(kind: String, keys: [Key])],
        at path: String
    ) -> [Key]? {
        let names = kinds.map(\.kind)
        guard case .mapping(let mapping) = node else {
            wrongType(node, at: path, wanted: "a mapping")
            return nil
        }
        guard let entry = mapping.first(where: { $0.key.scalar?.string == "kind" }) else {
            let hint = "Say what it is: kind: \(names.joined(separator: ", "))."
            note(.configurationMissingKey, node, "key 'kind' is missing in '\(path)'", hint)
            return nil
        }
        let form = ScalarForm.choice(names)
        guard let kind = scalar(entry.value, form, at: join(path, "kind")) else { return nil }
        return kinds.first { $0.kind == kind }?.keys
    }

    private mutating func secret(_ node: Node, at path: String) -> Value? {
        let hint =
            "Refer to it: {file: /path}, {env: NAME}, {credential: name} or {exec: [command]}."
        guard case .mapping(let mapping) = node else {
            let fact = "'\(path)' holds a value where only a reference to a secret may stand"
            note(.configurationSecret, node, fact, hint)
            return nil
        }
        let before = problems.count
        let section = section(node, keys: Grammar.secret, at: path)
        if mapping.count != 1, problems.count == before {
            let fact =
                "'\(path)' needs exactly one of \(Grammar.secretKinds.joined(separator: ", "))"
            note(.configurationSecret, node, fact, hint)
        }
        return .section(section)
    }

    /// The text with its variables replaced; nil, and noted, when that cannot be done.
    private mutating func interpolated(_ text: String, _ node: Node) -> String? {
        do throws(Interpolation.Failure) {
            return try interpolation.expand(text)
        } catch {
            switch error {
            case .malformed:
                let hint = "Write $$ for a dollar sign, ${NAME} for a variable."
                note(.configurationInterpolation, node, "a '$' in it starts no variable", hint)
            case .required(let name, let message):
                let hint = message.isEmpty ? "Set it in the environment." : message
                let fact = "variable '\(name)' is not set"
                note(.configurationInterpolation, node, fact, hint)
            }
            return nil
        }
    }

    mutating func note(_ code: Fault.Code, _ node: Node, _ fact: String, _ hints: [String]) {
        let mark = node.mark
        problems.append(
            Problem(
                code: code,
                line: mark?.line ?? 1,
                column: mark?.column ?? 1,
                fact: fact,
                hints: hints
            )
        )
    }
}
