public import Model
internal import SystemIO
public import SystemPackage

extension RecoveryKit {
    /// Reads the file of a kit, which may be a pipe.
    ///
    /// - Throws: `E-SECRET-EXPOSED` when others can read it, `E-KIT-FORM`, `E-KEY-FORM`, `E-IO-PIPE`, `E-IO-…`.
    public init(reading file: FilePath) throws(Fault) {
        let bytes = try SecretFile.readHandedOver(file)
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw Fault(
                .kitForm,
                "unable to read recovery kit '\(file.displayed)': it is no UTF-8 text"
            )
        }
        try self.init(parsing: text, source: file.displayed)
    }
}
