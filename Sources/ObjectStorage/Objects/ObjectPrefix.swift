public import Model

/// The labels that the names of a listing begin with.
public enum ObjectPrefix {
    /// The labels of a prefix, none for an empty one; a `/` at the end is optional.
    ///
    /// - Throws: `E-VALUE` when it is not whole labels.
    public static func labels(_ prefix: String) throws(Fault) -> [Substring] {
        let text = prefix.hasSuffix("/") ? prefix.dropLast() : prefix[...]
        guard !prefix.isEmpty else { return [] }
        guard let name = ObjectName(text) else {
            throw Fault(
                .invalidValue,
                "unable to list objects below '\(prefix)': it is not the beginning of a name"
            )
        }
        return name.labels
    }
}
