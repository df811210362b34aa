import CLinux
import Glibc
public import Model
import SystemPackage

/// The extended attributes of something that is open, wherever its name leads by now.
enum OpenAttributes {
    /// Removes those that a tree keeps: what a security module of the kernel puts on files is its own affair.
    static func removeAll(of number: Int32, _ path: FilePath) throws(Fault) {
        for name in try names(of: number, path) where isKept(name) {
            let text = Directory.text(name)
            try checked("remove an attribute of", path) {
                unsafe linux_remove_open_attribute(number, text)
            }
        }
    }

    private static func names(of number: Int32, _ path: FilePath) throws(Fault) -> [[UInt8]] {
        var size = 4096
        while true {
            var list = [CChar](repeating: 0, count: size)
            let attempt = retrying {
                unsafe list.withUnsafeMutableBufferPointer {
                    unsafe linux_list_open_attributes(number, $0.baseAddress, $0.count)
                }
            }
            switch attempt {
            case .success(let count):
                return list.prefix(count).map { UInt8(bitPattern: $0) }.split(separator: 0)
                    .map { Array($0) }
            case .failure(.outOfRange) where size < 1 << 20: size *= 16
            case .failure(.notSupported): return []
            case .failure(let error): throw .unable("list the attributes of", path, error)
            }
        }
    }

    private static func isKept(_ name: [UInt8]) -> Bool {
        let text = String(decoding: name, as: UTF8.self)
        return text == "security.capability" || text.hasPrefix("user.")
            || text.hasPrefix("trusted.") || text.hasPrefix("system.posix_acl_")
    }
}

extension Descriptor {
    /// Removes the extended attributes of the open file, access lists and capabilities among them.
    ///
    /// - Throws: `E-IO-DENIED`, `E-IO-…` with the path.
    public func removeAttributes() throws(Fault) {
        try OpenAttributes.removeAll(of: rawValue, path)
    }
}

extension Directory {
    /// Removes the extended attributes of the folder, access lists among them.
    ///
    /// - Throws: `E-IO-DENIED`, `E-IO-…` with the path.
    public func removeAttributes() throws(Fault) {
        try OpenAttributes.removeAll(of: rawValue, path)
    }
}
