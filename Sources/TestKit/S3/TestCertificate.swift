public import Model
import SystemIO
public import SystemPackage

/// A certificate for 127.0.0.1 that nobody but the test trusts, made by `openssl`.
public final class TestCertificate: Sendable {
    private let folder: ScratchFolder
    /// The certificate in PEM form, which is its own authority.
    public var certificate: FilePath { folder.path.appending("certificate.pem") }
    /// Its key in PEM form.
    public var key: FilePath { folder.path.appending("key.pem") }

    /// Makes one.
    ///
    /// - Throws: `E-COMMAND-…`, `E-IO-…`.
    public init() async throws(Fault) {
        folder = try ScratchFolder()
        let command = Command(
            "openssl",
            arguments: [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
                "-nodes", "-days", "2", "-subj", "/CN=lifeboat test", "-addext",
                "subjectAltName=IP:127.0.0.1", "-keyout", key.string, "-out", certificate.string,
            ]
        )
        _ = try await command.runSuccessfully(outputLimit: 1 << 16)
    }
}
