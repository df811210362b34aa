import CLinux
import Glibc
public import Model

extension Descriptor {
    /// Sets the owner of the open file, wherever its name leads by now.
    ///
    /// Clears set-user-ID and set-group-ID, so set the mode later.
    ///
    /// - Throws: `E-IO-DENIED` for anybody but root in most cases, `E-IO-…` with the path.
    public func setOwner(_ owner: UInt32, group: UInt32) throws(Fault) {
        let number = rawValue
        try checked("set the owner of file", path) { fchown(number, owner, group) }
    }

    /// Sets the time of the last change of the open file's content.
    ///
    /// - Throws: `E-IO-…` with the path.
    public func setTimes(modified: Instant) throws(Fault) {
        let number = rawValue
        let (seconds, nanoseconds) = modified.secondsAndNanoseconds
        try checked("set the times of file", path) {
            linux_set_open_times(number, seconds, nanoseconds)
        }
    }

    /// Sets an extended attribute of the open file.
    ///
    /// - Throws: `E-IO-DENIED`, `E-IO-…` with the path.
    public func setAttribute(_ name: [UInt8], to value: [UInt8]) throws(Fault) {
        let number = rawValue
        let text = Directory.text(name)
        try checked("set an attribute of file", path) {
            unsafe value.withUnsafeBytes { bytes in
                unsafe linux_set_open_attribute(number, text, bytes.baseAddress, bytes.count)
            }
        }
    }
}
