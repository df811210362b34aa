import Model
import NIOSSL

/// Why TLS with a server did not come about, in words.
struct TLSReason {
    private let fact: String
    private let hint: String

    /// nil for an error that has nothing to do with TLS.
    init?(_ error: any Error) {
        if let error = error as? NIOSSLExtraError {
            guard error == .failedToValidateHostname || error == .serverHostnameImpossibleToMatch
            else {
                self.init("the TLS handshake failed", "Look at the server's log.")
                return
            }
            self.init(
                "its certificate is for another name",
                "Say which name is right: tls: {server_name: NAME}."
            )
            return
        }
        guard error is NIOSSLError || error is BoringSSLError else { return nil }
        let text = "\(error)".uppercased()
        if text.contains("CERTIFICATE_VERIFY_FAILED") {
            self.init(
                "its certificate is not one that we trust, or has expired",
                "Name the authority that signed it: tls: {ca: FILE}; "
                    + "until when it is good says: openssl s_client -connect HOST:PORT."
            )
        } else if text.contains("ALERT") || text.contains("CERTIFICATE_REQUIRED") {
            self.init(
                "it does not accept us without the right certificate",
                "Give one that it accepts: tls: {certificate: FILE, key: FILE}."
            )
        } else if text.contains("WRONG_VERSION") || text.contains("HTTP_REQUEST") {
            self.init("it does not speak TLS at this port", "Write redis:// for its plain port.")
        } else {
            self.init("the TLS handshake failed", "Make sure that this is the server's TLS port.")
        }
    }

    private init(_ fact: String, _ hint: String) {
        self.fact = fact
        self.hint = hint
    }

    /// The fault to throw for it.
    func fault(_ endpoint: RedisEndpoint, _ error: any Error) -> Fault {
        Fault(
            .redisTLS,
            "unable to connect to Redis at '\(endpoint)': \(fact)",
            hints: [hint],
            cause: error
        )
    }
}
