package import Model
import SystemIO
import SystemPackage

/// Finds credentials where AWS' tools look for them.
///
/// In this order:
///
/// 1. a profile that the settings name,
/// 2. `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY` and `AWS_SESSION_TOKEN`, or for each of them a file that the
///    variable of the same name with `_FILE` at its end names,
/// 3. the profile `AWS_PROFILE`, or `default`, in `AWS_SHARED_CREDENTIALS_FILE` or `~/.aws/credentials`, then in
///    `AWS_CONFIG_FILE` or `~/.aws/config`,
/// 4. `AWS_CONTAINER_CREDENTIALS_FULL_URI` or `AWS_CONTAINER_CREDENTIALS_RELATIVE_URI`.
package struct CredentialChain: Sendable {
    /// Where the search ends.
    package enum Found: Sendable, Equatable {
        /// Here they are.
        case credentials(S3Credentials)
        /// A server has them.
        case container(ContainerCredentials)
    }

    private let source: S3CredentialSource
    private let environment: [String: String]

    /// Searches where a source says, with the variables of the program.
    package init(source: S3CredentialSource, environment: [String: String]) {
        self.source = source
        self.environment = environment
    }

    /// What the profile says, region and endpoint among it; empty without a profile.
    ///
    /// - Throws: `E-IO-…` for a file that is there and cannot be read.
    package func profile() throws(Fault) -> [String: String] {
        switch source {
        case .file(let path, let profile):
            return try ProfileFile.read(path)?.sections[profile] ?? [:]
        case .chain(let named):
            let name = named ?? set("AWS_PROFILE") ?? "default"
            var values: [String: String] = [:]
            for path in [configuration, credentials] {
                guard let path, let file = try ProfileFile.read(path) else { continue }
                values.merge(file.sections[name] ?? [:]) { _, later in later }
            }
            return values
        }
    }

    /// Searches.
    ///
    /// - Throws: `E-STORE-CREDENTIALS` when there are none, with the places that were looked at; `E-SECRET-EXPOSED`,
    ///   `E-IO-…`.
    package func find() throws(Fault) -> Found {
        switch source {
        case .file(let path, let profile):
            let text = String(decoding: try SecretFile.read(path), as: UTF8.self)
            guard let found = Self.credentials(ProfileFile(text).sections[profile] ?? [:]) else {
                throw Self.missing(
                    "file '\(path.displayed)' has no aws_access_key_id and "
                        + "aws_secret_access_key in its section [\(profile)]"
                )
            }
            return .credentials(found)
        case .chain(let named):
            if named == nil, let found = try fromEnvironment() { return .credentials(found) }
            if let found = Self.credentials(try profile()) { return .credentials(found) }
            if let named {
                throw Self.missing("there is no profile '\(named)' with them")
            }
            if let container = try ContainerCredentials(environment: environment) {
                return .container(container)
            }
            throw Self.missing("neither the environment nor ~/.aws/credentials has them")
        }
    }

    /// The credentials in the section `default` of a text that is a secret as a whole.
    ///
    /// - Throws: `E-STORE-CREDENTIALS` when there are none.
    static func credentials(in text: String) throws(Fault) -> S3Credentials {
        guard let found = credentials(ProfileFile(text).sections["default"] ?? [:]) else {
            throw missing(
                "the secret of the configuration has no aws_access_key_id and "
                    + "aws_secret_access_key in a section [default]"
            )
        }
        return found
    }

    private func fromEnvironment() throws(Fault) -> S3Credentials? {
        guard let access = try value("AWS_ACCESS_KEY_ID"),
            let secret = try value("AWS_SECRET_ACCESS_KEY")
        else { return nil }
        return S3Credentials(
            accessKey: access,
            secretKey: secret,
            sessionToken: try value("AWS_SESSION_TOKEN")
        )
    }

    /// A variable, or the first line of the file that the variable with `_FILE` names.
    private func value(_ name: String) throws(Fault) -> String? {
        if let value = set(name) { return value }
        guard let path = set("\(name)_FILE") else { return nil }
        let bytes = try DurableFile.read(FilePath(path), limit: ByteCount(1 << 16))
        let text = String(decoding: bytes, as: UTF8.self)
        return text.split(whereSeparator: \.isNewline).first.map(String.init)
    }

    private static func credentials(_ values: [String: String]) -> S3Credentials? {
        guard let access = values["aws_access_key_id"],
            let secret = values["aws_secret_access_key"],
            !access.isEmpty, !secret.isEmpty
        else { return nil }
        return S3Credentials(
            accessKey: access,
            secretKey: secret,
            sessionToken: values["aws_session_token"]
        )
    }

    private var credentials: FilePath? { file("AWS_SHARED_CREDENTIALS_FILE", "credentials") }
    private var configuration: FilePath? { file("AWS_CONFIG_FILE", "config") }

    private func file(_ variable: String, _ name: String) -> FilePath? {
        if let path = set(variable) { return FilePath(path) }
        return set("HOME").map { FilePath($0).appending(".aws").appending(name) }
    }

    private func set(_ name: String) -> String? {
        environment[name].flatMap { $0.isEmpty ? nil : $0 }
    }

    private static func missing(_ fact: String) -> Fault {
        Fault(
            .storeCredentials,
            "unable to find credentials for S3: \(fact)",
            hints: [
                "Name a file of the form of ~/.aws/credentials in the configuration "
                    + "(credentials: {file: …}), or set AWS_ACCESS_KEY_ID and "
                    + "AWS_SECRET_ACCESS_KEY, or the same with _FILE."
            ]
        )
    }
}
