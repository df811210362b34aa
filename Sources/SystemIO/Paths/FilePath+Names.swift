public import SystemPackage

extension FilePath {
    /// The path for people: control characters and bytes that are not UTF-8 are written as `\xNN`.
    public var displayed: String {
        FileName.displayed(bytes)
    }

    /// The path's bytes, without a zero at the end.
    public var bytes: [UInt8] {
        unsafe withPlatformString { unsafe FileName.bytes(of: $0) }
    }

    /// The path with one more component, which may hold any bytes.
    public func appending(_ name: FileName) -> FilePath {
        var path = self
        path.append(FilePath(bytes: name.bytes).components)
        return path
    }

    /// The last component; nil when there is none, or when it is `.` or `..`.
    public var lastName: FileName? {
        lastComponent.flatMap { FileName(FilePath(root: nil, [$0]).bytes) }
    }

    /// The path of the folder that holds it; `.` when only a name is given.
    public var parent: FilePath {
        let parent = removingLastComponent()
        return parent.isEmpty ? "." : parent
    }

    /// The path of some bytes, up to the first zero.
    public init(bytes: [UInt8]) {
        let text = (bytes + [0]).map { CChar(bitPattern: $0) }
        self = unsafe text.withUnsafeBufferPointer { buffer in
            guard let start = buffer.baseAddress else { return FilePath() }
            return unsafe FilePath(platformString: start)
        }
    }
}
