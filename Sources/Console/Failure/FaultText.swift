public import Model

/// Shows a fault to a person.
public enum FaultText {
    /// `error: <message>`, one `hint:` line for each hint, and the id to look it up by.
    public static func lines(for fault: Fault, color: Bool) -> [String] {
        let line = { (label: String, style: Style, text: String) in
            "\(Styled(label, style).rendered(color: color)) \(Styled.visible(text))"
        }
        return [line("error:", .red, fault.message)]
            + fault.hints.map { line("hint:", .cyan, $0) }
            + [line("id:", .dim, fault.code.id)]
    }
}
