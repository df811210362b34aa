/// What happens while a component is backed up or restored.
public enum ProgressEvent: Sendable, Equatable {
    /// A new phase begins; its name is a short noun or verb, such as `reading`.
    case phase(String)
    /// How many bytes the phase is about.
    case total(Int64)
    /// So many more bytes are done.
    case advanced(Int64)
    /// Something that a person should know; the work goes on.
    case note(String)
}
