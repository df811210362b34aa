/// The commented `lifeboat.yaml` that `lifeboat init` writes.
public struct ConfigurationTemplate: Sendable {
    /// The file; it decodes to the configuration it was made from.
    public let text: String

    /// Renders a configuration with a comment above every key.
    ///
    /// - Parameters:
    ///   - configuration: What the file shall say.
    ///   - schema: Where editors find the JSON Schema, a path or URL; nil leaves that line out.
    ///   - remarks: What shall stand at the end, as comments, each a line.
    public init(
        _ configuration: StackConfiguration,
        schema: String? = nil,
        remarks: [String] = []
    ) {
        var text = ConfigurationText(hasComments: true)
        text.write(configuration)
        let head =
            "# What Lifeboat protects here. Check a change with: lifeboat status\n"
            + "# ${NAME} is replaced from the environment; a secret is always a reference:\n"
            + "# {file: /path}, {env: NAME}, {credential: name} or {exec: [command, argument]}.\n"
        let editor = schema.map { "# yaml-language-server: $schema=\($0)\n" } ?? ""
        let tail = remarks.map(YAMLText.comment).joined()
        self.text = head + editor + "\n" + text.text + (tail.isEmpty ? "" : "\n" + tail)
    }
}
