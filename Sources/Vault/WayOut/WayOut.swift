/// The files that lie in every vault so that it can be read without Lifeboat.
public enum WayOut {
    /// Names and contents.
    public static var files: [(name: String, bytes: [UInt8])] {
        [
            ("README.txt", PackageResources.README_txt),
            ("recover.py", PackageResources.recover_py),
            ("format.proto", PackageResources.format_proto),
        ]
    }
}
