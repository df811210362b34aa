import Glibc
import Model
import SystemPackage

/// `errno` of this thread; a function, since extensions of `Errno` hide the global of that name.
func lastErrorNumber() -> Int32 { errno }

/// Repeats a call that a signal interrupts; its result, or what went wrong.
@inline(__always)
func retrying<Value: FixedWidthInteger>(_ call: () -> Value) -> Result<Value, Errno> {
    while true {
        let value = call()
        guard value == -1 else { return .success(value) }
        let error = Errno.last
        guard error == .interrupted else { return .failure(error) }
    }
}

/// Repeats a call that a signal interrupts, and throws what the system says about `path` when it fails.
@discardableResult
@inline(__always)
func checked<Value: FixedWidthInteger>(
    _ what: @autoclosure () -> String,
    _ path: @autoclosure () -> FilePath,
    _ call: () -> Value
) throws(Fault) -> Value {
    switch retrying(call) {
    case .success(let value): return value
    case .failure(let error): throw Fault.unable(what(), path(), error)
    }
}
