public import SystemPackage

/// Where the credentials of an S3 store come from.
public enum S3CredentialSource: Sendable, Equatable {
    /// As AWS' own tools do it: environment, profile files, container; see ``CredentialChain``.
    ///
    /// A profile that is named here goes before the environment.
    case chain(profile: String?)
    /// A file of the form of `~/.aws/credentials`, readable by its owner alone, and a profile in it.
    case file(FilePath, profile: String)
}
