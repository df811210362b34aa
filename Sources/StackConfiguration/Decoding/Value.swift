/// A value that was examined: of the form its key asks for, with its variables replaced.
enum Value: Sendable {
    case scalar(String)
    case list([String])
    case section(Section)
    case sections([(name: String, section: Section)])
}
