import Glibc
import Model
import Recovery
import StackConfiguration
import SystemIO
import SystemPackage

/// Finds and reads the configuration.
enum ConfigurationFile {
    /// Where it is looked for, in this order.
    static let places = ["lifeboat.yaml", "/etc/lifeboat/lifeboat.yaml"]

    /// Reads the stack of a command line.
    ///
    /// - Throws: `E-CONFIG-…`, `E-STACK-UNKNOWN`, `E-IO-…`.
    static func stack(
        _ options: GlobalOptions,
        subject: Subject = Subject(),
        _ screen: Screen
    ) throws(Fault) -> Stack {
        let file = try path(options)
        let (text, kit) = try text(of: file)
        let decoded = try StackConfiguration.decode(
            text,
            file: file.displayed,
            environment: Variables.all,
            machine: machine()
        )
        for name in decoded.unsetVariables {
            screen.note("variable '\(name)' of the configuration is not set; it counts as empty")
        }
        var stack = Stack(decoded.configuration, variables: Variables.all, clock: SystemClock())
        stack.kit = kit
        stack.notice = { screen.note($0) }
        if let name = subject.stack, name != decoded.configuration.stack {
            throw Fault(
                .stackUnknown,
                "unable to find stack '\(name)': '\(file.displayed)' describes '\(decoded.configuration.stack)'",
                hints: ["Name the other stack's file: --config FILE"]
            )
        }
        return stack
    }

    /// The name of this machine, as a label.
    static func machine() -> String {
        var name = utsname()
        guard unsafe uname(&name) == 0 else { return "host" }
        let text = unsafe withUnsafeBytes(of: &name.nodename) { bytes in
            unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
        return StackConfiguration.label(ofHostNamed: text)
    }

    private static func path(_ options: GlobalOptions) throws(Fault) -> FilePath {
        if let file = options.config { return FilePath(file) }
        for place in places where try FileSystem.followedStatus(FilePath(place)) != nil {
            return FilePath(place)
        }
        throw Fault(
            .configurationMissing,
            "unable to find a configuration: neither ./\(places[0]) nor \(places[1]) is there",
            hints: ["Write one with `lifeboat init`, or name it: --config FILE"]
        )
    }

    /// The text of the configuration of a command line.
    ///
    /// - Throws: `E-CONFIG-…`, `E-KIT-FORM`, `E-IO-…`.
    static func text(_ options: GlobalOptions) throws(Fault) -> String {
        try text(of: try path(options)).0
    }

    /// The text of a configuration file, or of the configuration in a recovery kit, and which kit that is.
    private static func text(of file: FilePath) throws(Fault) -> (String, kit: FilePath?) {
        let bytes: [UInt8]
        do throws(Fault) {
            bytes = try DurableFile.read(file, limit: ByteCount(1 << 20))
        } catch  where error.code == .fileMissing {
            throw Fault(
                .configurationMissing,
                "unable to read configuration '\(file.displayed)': there is no such file",
                hints: ["Write one with `lifeboat init`, or name another: --config FILE"]
            )
        } catch  where error.code == .fileKind || error.code == .fileTooLarge {
            throw Fault(
                .configurationUnreadable,
                error.message,
                hints: ["Name the file that `lifeboat init` wrote: --config FILE"]
            )
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw Fault(
                .configurationSyntax,
                "unable to read configuration '\(file.displayed)': it is no UTF-8 text"
            )
        }
        guard RecoveryKit.isKit(text) else { return (text, nil) }
        return (try RecoveryKit(parsing: text, source: file.displayed).configuration, file)
    }
}
