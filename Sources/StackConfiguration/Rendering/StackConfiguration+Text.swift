extension StackConfiguration: CustomStringConvertible {
    /// The configuration as YAML, defaults filled in, every secret still a reference; it decodes to the same value.
    public var description: String {
        var text = ConfigurationText(hasComments: false)
        text.write(self)
        return text.text
    }
}
