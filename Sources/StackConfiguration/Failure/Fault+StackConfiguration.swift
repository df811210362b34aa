public import Model

extension Fault.Code {
    /// Several things are wrong with the configuration; the hints name each with its place.
    public static let configurationInvalid = configuration("E-CONFIG-INVALID")
    /// The text is not YAML.
    public static let configurationSyntax = configuration("E-CONFIG-SYNTAX")
    /// The text is larger, deeper or more entangled than any real configuration.
    public static let configurationLimit = configuration("E-CONFIG-LIMIT")
    /// A key that the grammar does not have.
    public static let configurationUnknownKey = configuration("E-CONFIG-UNKNOWN-KEY")
    /// A key that is given twice.
    public static let configurationDuplicateKey = configuration("E-CONFIG-DUPLICATE-KEY")
    /// A key that must be there and is not.
    public static let configurationMissingKey = configuration("E-CONFIG-MISSING-KEY")
    /// A list, a mapping or a value where another of the three belongs.
    public static let configurationType = configuration("E-CONFIG-TYPE")
    /// A value that is not of the form its key asks for.
    public static let configurationValue = configuration("E-CONFIG-VALUE")
    /// A secret that is written out where a reference to it belongs.
    public static let configurationSecret = configuration("E-CONFIG-SECRET")
    /// A `$` that starts no variable, or a variable that must be set and is not.
    public static let configurationInterpolation = configuration("E-CONFIG-INTERPOLATION")
    /// Copies that contradict themselves or each other.
    public static let configurationCopies = configuration("E-CONFIG-COPIES")
    /// Services that contradict themselves, or ask for what is not there.
    public static let configurationServices = configuration("E-CONFIG-SERVICES")
    /// A text is no compose file.
    public static let composeFile = configuration("E-COMPOSE-FILE")

    private static func configuration(_ id: String) -> Fault.Code {
        Fault.Code(id, .permanent, exit: .usage)
    }
}
