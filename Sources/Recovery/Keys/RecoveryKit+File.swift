public import Model
internal import StackConfiguration
internal import SystemIO
public import SystemPackage

extension RecoveryKit {
    /// What a kit is written as.
    public enum Form: Sendable {
        /// A text file.
        case text
        /// An HTML file for printing.
        case page
    }

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

    /// Writes a kit to a file of its own, durably, for its owner's eyes only.
    ///
    /// After failure there is no such file.
    ///
    /// - Parameters:
    ///   - form: what is written.
    ///   - file: must not exist.
    ///   - stack: whose copies a key must not lie in.
    /// - Throws: `E-KIT-PLACE` when others can write to the folder, the file system does not keep
    ///   others from reading the file, or it lies in a copy; `E-IO-EXISTS`, `E-IO-…`.
    func write(
        as form: Form,
        to file: FilePath,
        awayFrom stack: StackConfiguration
    ) throws(Fault) {
        let folder = try FileSystem.resolved(file.parent)
        for copy in stack.copies {
            // A copy that is not there yet cannot hold the file.
            guard case .directory(let path) = copy.address,
                let place = try? FileSystem.resolved(FilePath(path)), folder.starts(with: place)
            else { continue }
            throw Self.place(
                file,
                "it is in a copy of the vault, which its key must not lie beside"
            )
        }
        guard let status = try FileSystem.followedStatus(folder), status.mode & 0o002 == 0 else {
            throw Self.place(file, "every user of this host can write to its folder")
        }
        try SecretFile.create(file, Array((form == .text ? text : page).utf8))
        guard let mode = try FileSystem.status(file)?.mode, mode & 0o077 == 0 else {
            try FileSystem.removeFile(file)
            throw Self.place(file, "its file system lets others read it")
        }
    }

    static func place(_ file: FilePath, _ fact: String) -> Fault {
        Fault(
            .kitPlace,
            "unable to write recovery kit '\(file.displayed)': \(fact)",
            hints: ["Name a file in a folder of your own, better on a stick that you take away."]
        )
    }
}
