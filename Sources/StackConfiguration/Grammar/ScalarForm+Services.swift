// The forms that name services and who runs them.
extension ScalarForm {
    /// Whether a text can name a compose project.
    static func isProject(_ text: String) -> Bool {
        guard let first = text.utf8.first, first != 45, first != 95 else { return false }
        return text.utf8.allSatisfy {
            (48...57).contains($0) || (97...122).contains($0) || $0 == 45 || $0 == 95
        }
    }

    /// Whether a text can be the address of an engine; whoever reaches it reads it closely.
    static func isEngine(_ text: String) -> Bool {
        ["unix:///", "tcp://", "http://"].contains { text.hasPrefix($0) && text.count > $0.count }
            && !text.contains("@")
    }

    /// Whether a text names a unit of systemd in full.
    static func isUnit(_ text: String) -> Bool {
        let kinds = ["service", "socket", "timer", "path", "target", "scope", "slice"]
        guard !text.hasPrefix("-"), !text.contains("/"), !text.contains(" "),
            let dot = text.lastIndex(of: "."), dot > text.startIndex
        else { return false }
        return kinds.contains(String(text[text.index(after: dot)...]))
    }

    static let noProject = Complaint(
        fact: "it is not the name of a compose project",
        hints: ["Use a-z, 0-9, '-' and '_', the first a letter or a digit; see docker compose ls."]
    )
    static let noEngine = Complaint(
        fact: "it is not the address of a container engine",
        hints: ["Write unix:///path/to/the.sock or tcp://host:port."]
    )
    static let noUnit = Complaint(
        fact: "it is not the name of a unit",
        hints: ["Write it with its kind, such as shop-web.service; see systemctl list-units."]
    )
}
