public import Model

/// Everything that one `lifeboat.yaml` says: a stack in one environment, as this host sees it.
///
/// A decoded value is complete and consistent: defaults are filled in, paths are absolute, names are labels,
/// there is at least one recipient, one copy and one component, and no two copies share a place.
public struct StackConfiguration: Sendable, Hashable {
    /// The stack, a label.
    public var stack: String
    /// The environment (`prod`, `staging`), a label.
    public var environment: String
    /// The host that owns the streams, a label.
    public var host: String
    /// Where cache, spool and journal live, an absolute path; losing it loses no backup.
    public var state: String
    /// Whom the backups are sealed to.
    public var keys: KeyConfiguration
    /// What shall be true of the backups.
    public var objectives: ObjectiveConfiguration
    /// Where the backups live, in the order of the file; at least one is always there and brought up to date
    /// with every backup.
    public var copies: [CopyConfiguration]
    /// The protected things, in the order of the file.
    public var components: [ComponentConfiguration]
    /// The compose project that services belong to; nil when none does.
    public var compose: ComposeConfiguration?
    /// What works with the data, in the order of the file.
    public var services: [ServiceConfiguration]

    /// Groups the parts; nothing is checked, which is what ``decode(_:file:environment:machine:)`` does.
    public init(
        stack: String,
        environment: String,
        host: String,
        state: String? = nil,
        objectives: ObjectiveConfiguration = ObjectiveConfiguration(),
        keys: KeyConfiguration,
        copies: [CopyConfiguration],
        components: [ComponentConfiguration],
        compose: ComposeConfiguration? = nil,
        services: [ServiceConfiguration] = []
    ) {
        self.stack = stack
        self.environment = environment
        self.host = host
        self.state = state ?? Self.defaultState(of: stack)
        self.objectives = objectives
        self.keys = keys
        self.copies = copies
        self.components = components
        self.compose = compose
        self.services = services
    }

    /// The component of a name; nil when there is none.
    public func component(named name: String) -> ComponentConfiguration? {
        components.first { $0.name == name }
    }

    /// The name of a component's stream; nil when there is no such component.
    public func stream(of component: String) -> StreamName? {
        guard self.component(named: component) != nil else { return nil }
        return StreamName(host: host, stack: stack, component: component)
    }

    /// The copy of a name; nil when there is none.
    public func copy(named name: String) -> CopyConfiguration? {
        copies.first { $0.name == name }
    }

    /// Which snapshots of a component a copy keeps: what the copy says, else what the component says, else all.
    public func keep(of component: ComponentConfiguration, in copy: CopyConfiguration) -> KeepPolicy
    {
        copy.keep ?? component.keep ?? .everything
    }

    /// Where the state of a stack lives when the configuration does not say.
    public static func defaultState(of stack: String) -> String { "/var/lib/lifeboat/\(stack)" }

    /// A host name as a label: its first part in lower case, what a label cannot hold replaced by `-`.
    ///
    /// `DB1.example.com` becomes `db1`; a name with nothing usable in it becomes `host`.
    public static func label(ofHostNamed name: String) -> String {
        let first = name.lowercased().prefix { $0 != "." }
        let bytes = first.utf8.map { byte in
            StreamName.isLabel("a" + String(decoding: [byte], as: UTF8.self))
                ? byte : UInt8(ascii: "-")
        }
        let trimmed = bytes.drop { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") }.prefix(63)
        let label = String(decoding: trimmed, as: UTF8.self)
        return StreamName.isLabel(label) ? label : "host"
    }
}
