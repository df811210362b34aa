import FoundationEssentials
import Model
import SystemIO
import SystemPackage

/// Temporary credentials that a server beside the container hands out (ECS, EKS pod identity, AWS' agents).
package struct ContainerCredentials: Sendable, Equatable {
    /// The address to ask.
    package let url: String
    /// What the server knows the container by.
    private let token: String?
    private let tokenFile: FilePath?

    /// Takes what the environment says; nil when it says nothing.
    ///
    /// - Throws: `E-STORE-CREDENTIALS` for an address to which credentials must not be asked without encryption.
    init?(environment: [String: String]) throws(Fault) {
        if let path = environment["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"] {
            url = "http://169.254.170.2\(path)"
        } else if let full = environment["AWS_CONTAINER_CREDENTIALS_FULL_URI"] {
            guard Self.isTrusted(full) else {
                throw Fault(
                    .storeCredentials,
                    "unable to ask '\(full)' for credentials: it is neither https nor this host"
                )
            }
            url = full
        } else {
            return nil
        }
        token = environment["AWS_CONTAINER_AUTHORIZATION_TOKEN"]
        tokenFile = environment["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"].map { FilePath($0) }
    }

    /// The header `Authorization`, read anew each time since the file is rewritten now and then.
    ///
    /// - Throws: `E-IO-…` with the path.
    func authorization() throws(Fault) -> String? {
        guard let tokenFile else { return token }
        let bytes = try DurableFile.read(tokenFile, limit: ByteCount(1 << 16))
        return String(decoding: bytes, as: UTF8.self)
            .split(whereSeparator: \.isNewline).first.map(String.init)
    }

    /// Reads what the server answers; nil when it is no such document.
    static func credentials(_ body: [UInt8]) -> S3Credentials? {
        struct Document: Decodable {
            let AccessKeyId: String
            let SecretAccessKey: String
            let Token: String?
            let Expiration: String?
        }
        do {
            let document = try JSONDecoder().decode(Document.self, from: Data(body))
            return S3Credentials(
                accessKey: document.AccessKeyId,
                secretKey: document.SecretAccessKey,
                sessionToken: document.Token,
                expires: document.Expiration.flatMap { Instant(rfc3339: $0) }
            )
        } catch {
            return nil
        }
    }

    private static func isTrusted(_ url: String) -> Bool {
        if url.hasPrefix("https://") { return true }
        guard url.hasPrefix("http://") else { return false }
        let authority = url.dropFirst(7).prefix { $0 != "/" && $0 != "?" }
        let hosts = ["127.0.0.1", "localhost", "[::1]", "169.254.170.2", "169.254.170.23"]
        return hosts.contains { authority == $0 || authority.hasPrefix("\($0):") }
    }
}

extension ContainerCredentials {
    /// Asks the server, once; who needs the credentials tries again.
    ///
    /// - Throws: `E-STORE-CREDENTIALS` with what it said, never with what it sent.
    func ask(over connection: S3Connection) async throws(Fault) -> S3Credentials {
        let token = try authorization()
        let fact: String
        do throws(ExchangeFailure) {
            let reply = try await connection.send(
                "GET",
                url,
                headers: token.map { [("authorization", $0)] } ?? [],
                body: UploadPart(),
                limit: 1 << 20
            )
            if reply.isSuccess, let found = Self.credentials(reply.body) { return found }
            fact =
                reply.isSuccess ? "its reply holds none" : "it answers with status \(reply.status)"
        } catch {
            fact = "it does not answer"
        }
        throw Fault(.storeCredentials, "unable to ask '\(url)' for credentials: \(fact)")
    }
}
