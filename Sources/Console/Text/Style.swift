/// How a text stands out.
public enum Style: String, Sendable, Hashable, CaseIterable {
    /// Not at all.
    case plain = ""
    /// A heading.
    case bold = "1"
    /// Something secondary.
    case dim = "2"
    /// A failure or damage.
    case red = "31"
    /// A success.
    case green = "32"
    /// Something to look at.
    case yellow = "33"
    /// A name.
    case cyan = "36"
}
