/// The version of this program.
public enum ProgramVersion {
    /// As `lifeboat --version` says it.
    public static let text = "0.1.0"
}
